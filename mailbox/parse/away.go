package parse

import "strings"

// awaySubject tells the subjects that programs put above automatic replies.
// Only the beginning counts: a person may write about being out of the office,
// and "Re: Automatic reply" is a person answering one. loose forms are words that
// families use too ("Absence: Tom is ill"); they count only beside a header that
// a machine wrote.
func awaySubject(s string) (strict, loose bool) {
	low := strings.ToLower(strings.TrimSpace(s))
	for _, p := range []string{"[external]", "[ext]", "external:", "{external}", "*external*"} {
		low = strings.TrimSpace(strings.TrimPrefix(low, p))
	}
	low = strings.TrimLeft(low, "[(*\"'")
	for _, p := range awaySubjects {
		if strings.HasPrefix(low, p) {
			return true, true
		}
	}
	for _, p := range looseSubjects {
		if strings.HasPrefix(low, p) {
			return false, true
		}
	}
	return false, false
}

var awaySubjects = [...]string{
	"automatic reply", "auto reply:", "auto-reply", "autoreply", "auto:", "auto response", "auto-response", "autoresponse", "automated reply", "automated response", "automatic response", "autorespond", "out of office:", "out of office re", "out of office auto", "out of office aw", "out of the office:", "out-of-office", "ooo:", "away from my mail", "vacation reply", "vacation response",
	"automatische antwort", "abwesenheitsnotiz", "abwesenheitsnachricht", "abwesenheitsagent", "auto-antwort", "réponse automatique", "reponse automatique", "absence du bureau", "message d'absence", "respuesta automática", "respuesta automatica", "fuera de la oficina:", "fuera de oficina:", "resposta automática", "resposta automatica", "ausência temporária", "risposta automatica", "fuori sede:", "automatisch antwoord", "automatische beantwoording", "autosvar", "automatiskt svar", "automatisk svar", "automaattinen vastaus", "autom. vastaus", "odpowiedź automatyczna", "automatyczna odpowiedź", "autoodpowiedź", "automatická odpověď", "automatická odpoveď", "automatikus válasz", "házon kívül", "răspuns automat", "raspuns automat", "otomatik yanıt", "автоматический ответ", "автоответ", "автоматична відповідь", "автоматичен отговор", "αυτόματη απάντηση", "自动答复", "自动回复", "自動回覆", "自動応答", "自動返信", "자동 회신", "رد تلقائي", "الرد التلقائي", "תשובה אוטומטית", "מענה אוטומטי", "automatski odgovor", "samodejni odgovor", "automaatvastus", "automātiskā atbilde", "automatinis atsakymas", "خودکار جواب", "স্বয়ংক্রিয় উত্তর", "trả lời tự động", "balasan otomatis", "respon automàtica", "resposta automàtica", "ateb awtomatig",
}

var looseSubjects = [...]string{
	"out of office", "out of the office", "on vacation", "vacation:", "away from", "i am away", "i'm away", "i am out of", "i am currently away", "i am on holiday", "on holiday", "on annual leave", "annual leave", "maternity leave", "absence", "read:", "not read:", "thank you for your email", "thank you for contacting", "auto reply", "ooo ", "we have received your",
	"abwesen", "außer haus", "ausser haus", "nicht im büro", "gelesen:", "absent", "en congé", "congés", "fuera de", "ausente", "fora do escritório", "fuori ", "assente", "afwezig", "niet aanwezig", "frånvaro", "fravær", "poissa", "nieobecność", "poza biurem", "urlop", "mimo kancelář", "ofis dışında", "нет на работе", "в отпуске", "不在", "부재중",
}
