package parse

import "strings"

// signatures marks what stands below "-- " (RFC 3676 section 4.3) up to the next
// quotation or to the end.
func (f *folder) signatures() {
	wrote := false
	for i := 0; i < len(f.lines); i++ {
		if f.marks[i] != own {
			continue
		}
		if !isSignatureLine(f.lines[i].text) {
			wrote = true
			continue
		}
		end := i
		n := 0
		for end < len(f.lines) && f.marks[end] != quote {
			if f.marks[end] == own {
				n++
			}
			end++
		}
		exact := strings.TrimRight(f.lines[i].text, "\r\n") == "-- "
		if !wrote && !exact || !exact && n > 14 {
			continue // a rule within a letter, not the end of one
		}
		f.set(i, end, footer)
		i = end - 1
	}
}

// isSignatureLine tells the delimiter and the forms that phones and web programs
// write, which drop the space or use one long dash.
func isSignatureLine(s string) bool {
	switch strings.TrimSpace(s) {
	case "--", "—", "––", "- -", "---", "----", "__", "___", "_____", "________":
		return true
	}
	return false
}

// footers marks "Sent from my iPhone" and disclaimers.
func (f *folder) footers() {
	last := len(f.marks) - 1
	wrote := 0
	for i := range f.marks {
		if f.marks[i] == own {
			wrote++
		}
	}
	if wrote == 0 {
		return
	}
	above := 0
	for i := 0; i <= last; i++ {
		if f.marks[i] != own {
			continue
		}
		t := f.at(i)
		switch {
		case isMobileFooter(t):
			f.marks[i] = footer
			f.dropRuleAbove(i)
		case above > 0 && isDisclaimer(t):
			f.dropRuleAbove(i)
			for ; i <= last && f.marks[i] != quote; i++ {
				if f.marks[i] == own {
					f.marks[i] = footer
				}
			}
		default:
			above++
		}
	}
}

// dropRuleAbove marks a bare rule directly above a footer.
func (f *folder) dropRuleAbove(i int) {
	for j := i - 1; j >= 0; j-- {
		if f.marks[j] == blank {
			continue
		}
		if f.marks[j] == own && isRule(f.at(j)) {
			f.marks[j] = footer
		}
		return
	}
}

// isMobileFooter tells the line that phones and programs add. It must be short
// and name a device or program: "Sent from my desk, which is..." is a sentence.
func isMobileFooter(t string) bool {
	if len(t) < 8 || len(t) > 160 {
		return false
	}
	low := strings.ToLower(strings.Trim(t, "*_<>[]()-—. \u200e\u200f"))
	low = bracketless.Replace(low)
	if rest, ok := strings.CutPrefix(low, "sent from my "); ok && isDeviceName(rest) {
		return true
	}
	for _, p := range footerStarts {
		if strings.HasPrefix(low, p.text) {
			rest := strings.TrimSpace(low[len(p.text):])
			if !p.device || namesDevice(rest) {
				return true
			}
		}
	}
	for _, p := range footerEnds {
		if strings.HasSuffix(low, p) && namesDevice(low) && len(low) < 90 {
			return true
		}
	}
	return strings.HasSuffix(low, " from mobile") && len(strings.Fields(low)) <= 4
}

var bracketless = strings.NewReplacer("[", "", "]", " ", "<", " ", ">", "", "\u00a0", " ")

// isDeviceName takes what follows "Sent from my" for a device when it is a few
// words with no more than an excuse behind them.
func isDeviceName(s string) bool {
	for _, p := range []string{"please", "excuse", "pardon", "apolog", "sorry"} {
		if i := strings.Index(s, p); i > 0 {
			s = s[:i]
		}
	}
	s = strings.TrimRight(s, " ,.;-–")
	if i := strings.Index(s, " http"); i > 0 {
		s = s[:i]
	}
	return s != "" && len(strings.Fields(s)) <= 6 && !strings.ContainsAny(s, ",;:!?")
}

type footerStart struct {
	text   string
	device bool // what follows must name a device or program
}

var footerStarts = [...]footerStart{
	{"sent from ", true},
	{"from my ", true},
	{"sent on ", true},
	{"sent via ", true},
	{"sent with ", true},
	{"sent by ", true},
	{"sent using ", true},
	{"get outlook for ", false},
	{"download outlook for", false},
	{"gesendet von ", true},
	{"von meinem ", true},
	{"gesendet mit ", true},
	{"gesendet über ", true},
	{"holen sie sich outlook", false},
	{"outlook für ", true},
	{"diese nachricht wurde von meinem ", false},
	{"envoyé de mon ", true},
	{"envoyé de ", true},
	{"envoyé depuis ", true},
	{"envoyé à partir de ", true},
	{"envoyé avec ", true},
	{"obtenez outlook", false},
	{"obtenir outlook", false},
	{"télécharger outlook", false},
	{"provenance : ", true},
	{"enviado desde ", true},
	{"enviado con ", true},
	{"enviado de ", true},
	{"enviado do ", true},
	{"enviado a partir d", true},
	{"enviado via ", true},
	{"obtener outlook", false},
	{"obter o outlook", false},
	{"obtenga outlook", false},
	{"baixar outlook", false},
	{"inviato da ", true},
	{"inviato dal ", true},
	{"inviato con ", true},
	{"ottieni outlook", false},
	{"scarica outlook", false},
	{"verzonden vanaf ", true},
	{"verstuurd vanaf ", true},
	{"verzonden met ", true},
	{"verzonden via ", true},
	{"outlook voor ", true},
	{"download outlook voor", false},
	{"outlook downloaden", false},
	{"wysłane z ", true},
	{"wysłano z ", true},
	{"pobierz aplikację outlook", false},
	{"pobierz program outlook", false},
	{"pobierz outlook", false},
	{"skickat från ", true},
	{"skickades från ", true},
	{"skaffa outlook", false},
	{"hämta outlook", false},
	{"sendt fra ", true},
	{"hent outlook", false},
	{"få outlook", false},
	{"lähetetty ", true},
	{"hanki outlook", false},
	{"отправлено с ", true},
	{"отправлено из ", true},
	{"скачать outlook", false},
	{"надіслано з ", true},
	{"odesláno z ", true},
	{"odoslané z ", true},
	{"trimis de pe ", true},
	{"trimis din ", true},
	{"descărcați outlook", false},
	{"elküldve ", true},
	{"küldve ", true},
	{"iphone'umdan gönderildi", false},
	{"iphone’umdan gönderildi", false},
	{"ipad'imden gönderildi", false},
	{"android için outlook", false},
	{"ios için outlook", false},
	{"发自我的", false},
	{"發自我的", false},
	{"从我的", true},
	{"從我的", true},
	{"获取 outlook", false},
	{"下载适用于", true},
	{"iphoneから送信", false},
	{"ipadから送信", false},
	{"androidから送信", false},
	{"outlook for ", true},
	{"나의 iphone", false},
	{"내 iphone에서 보냄", false},
	{"أُرسلت من ", true},
	{"مرسل من ", true},
	{"أرسلت من ", true},
	{"تم الإرسال من ", true},
	{"احصل على outlook", false},
	{"ارسال شده از ", true},
	{"میرے آئی فون سے بھیجا گیا", false},
	{"আমার আইফোন থেকে পাঠানো", false},
	{"נשלח מה", true},
	{"stuurt vanaf mijn ", true},
	{"poslano z ", true},
	{"poslano s ", true},
	{"στάλθηκε από ", true},
	{"được gửi từ ", true},
	{"dikirim dari ", true},
	{"anfonwyd o fy ", true},
	{"yahoo mail: search, organise", false},
	{"yahoo mail: search, organize", false},
	{"yahoo mail : en direct", false},
}

var footerEnds = [...]string{" gesendet", "gönderildi", "から送信", "에서 보냄", "पासून पाठवले", "से भेजा गया", "lähetetty"}

// namesDevice says whether the words name a device or a mail program.
func namesDevice(s string) bool {
	for _, d := range devices {
		if strings.Contains(s, d) {
			n := len(strings.Fields(s))
			return n <= 12 && !strings.Contains(s, ". ") && (n <= 6 || !strings.Contains(s, ", "))
		}
	}
	return false
}

var devices = [...]string{
	"iphone", "ipad", "ipod", "ios", "android", "blackberry", "galaxy", "samsung", "huawei", "xiaomi", "redmi", "oneplus", "pixel", "nexus", "windows", "nokia", "lumia", "htc", "motorola", "moto ", "xperia", "sony", "lg ", "palm", "treo", "smartphone", "smart phone", "mobile", "handy", "mobiltelefon", "mobil", "telefon", "téléphone", "telefoon", "mobiele", "móvil", "celular", "cellulare", "telemóvel", "phone", "tablet", "mac", "apple watch", "outlook", "gmail", "yahoo", "aol", "hotmail", "mail.ru", "proton", "thunderbird", "mailspring", "spark", "airmail", "sparrow", "mailbird", "superhuman", "newton", "bluemail", "blue mail", "typeapp", "edison", "nine", "k-9", "fairemail", "email app", "mail app", "web.de", "gmx", "1&1", "t-online", "orange", "sfr", "laposte", "virgin media", "bt ", "ee ", "o2", "vodafone", "verizon", "at&t", "t-mobile", "sprint", "zoho", "front", "missive", "telefonu", "telefonom", "телефон", "iphona", "айфон", "mail für", "mail for", "courrier pour", "correo para", "posta per", "e-post for", "poczta", "почта", "почты", "mailbox", "mobila", "matkapuhelim", "puhelimesta", "jio", "vivo", "oppo", "honor", "surface", "workspace one", "boxer", "mobileiron", "touchdown", "ovi",
}

// isDisclaimer tells the first line of the legal text that organisations add.
func isDisclaimer(t string) bool {
	if len(t) < 12 {
		return false
	}
	low := strings.ToLower(strings.Trim(t, "*_-=[]()#• \u00a0"))
	for _, p := range disclaimers {
		if strings.HasPrefix(low, p) {
			return true
		}
	}
	return (strings.HasPrefix(low, "this ") || strings.HasPrefix(low, "the ") || strings.HasPrefix(low, "if you ")) &&
		(strings.Contains(low, "confidential") || strings.Contains(low, "intended recipient") || strings.Contains(low, "privileged") || strings.Contains(low, "intended solely") || strings.Contains(low, "received this email in error") || strings.Contains(low, "received this e-mail in error") || strings.Contains(low, "received this message in error")) &&
		(strings.Contains(low, "mail") || strings.Contains(low, "message") || strings.Contains(low, "transmission") || strings.Contains(low, "communication"))
}

var disclaimers = [...]string{
	"confidentiality notice", "confidentiality:", "confidential:", "disclaimer", "legal disclaimer", "email disclaimer", "important notice:", "privileged and confidential", "privileged/confidential", "notice: this e", "warning: this e",
	"please consider the environment", "consider the environment", "think before you print", "before printing", "p please consider", "save paper",
	"diese e-mail enthält vertrauliche", "diese nachricht ist vertraulich", "diese e-mail ist vertraulich", "der inhalt dieser e-mail", "bitte denken sie an die umwelt", "ce message et toutes les pièces jointes", "ce message est confidentiel", "ce courriel", "cet e-mail et", "les informations contenues dans ce", "pensez à l'environnement", "avis de confidentialité",
	"este mensaje y sus anexos", "este mensaje es confidencial", "este correo electrónico", "aviso legal", "aviso de confidencialidad", "antes de imprimir", "esta mensagem", "le informazioni contenute in questa", "questo messaggio", "questa e-mail", "ai sensi del", "de informatie in dit e-mail", "dit bericht is vertrouwelijk", "dit e-mailbericht", "denk aan het milieu",
	"ta wiadomość", "niniejsza wiadomość", "treść tej wiadomości", "det här meddelandet", "denna e-post", "denne e-mail", "denne e-posten", "данное сообщение", "это сообщение и любые",
	"virus-free.", "virenfrei.", "garanti sans virus", "libre de virus", "this email has been checked for viruses", "this email has been scanned", "diese e-mail wurde von avast", "this message has been scanned", "scanned by mailscanner", "click here to report this email as spam", "l'absence de virus",
}
