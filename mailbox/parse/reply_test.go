package parse_test

import (
	"strings"
	"testing"

	"hearback/mailbox/parse"
)

func reply(t *testing.T, body string) string {
	t.Helper()
	in := parse.Message([]byte("From: nadia@family.example\nSubject: Re: Transport\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"+body), parse.Options{})
	for _, word := range strings.Fields(body) {
		if !strings.Contains(in.Text, word) {
			t.Errorf("Text has lost %q", word)
		}
	}
	return in.ReplyText
}

const (
	mine   = "The taxi did not come again.\n\nCan you ring me?"
	theirs = "We are looking into this.\nThe SEN team"
)

// The lines that mail programs write above earlier mail, in the languages that
// families' programs are set to.
func introductions() map[string]string {
	return map[string]string{
		"Gmail en":          "On Mon, 2 Mar 2026 at 09:15, SEN Team <sen@council.example> wrote:",
		"Gmail en wrapped":  "On Mon, 2 Mar 2026 at 09:15, SEN Team of the Council with a very long name\n<sen@council.example> wrote:",
		"Apple en":          "On 2 Mar 2026, at 09:15, SEN Team <sen@council.example> wrote:",
		"Yahoo en":          "    On Monday, 2 March 2026 at 09:15:00 GMT, SEN Team <sen@council.example> wrote:",
		"Thunderbird en":    "On 02/03/2026 09:15, SEN Team wrote:",
		"Gmail fr":          "Le lun. 2 mars 2026 à 09:15, SEN Team <sen@council.example> a écrit :",
		"Gmail de":          "Am Mo., 2. März 2026 um 09:15 Uhr schrieb SEN Team <sen@council.example>:",
		"Apple de":          "Am 02.03.2026 um 09:15 schrieb SEN Team <sen@council.example>:",
		"Gmail es":          "El lun, 2 mar 2026 a las 9:15, SEN Team (<sen@council.example>) escribió:",
		"Gmail pt-BR":       "Em seg., 2 de mar. de 2026 às 09:15, SEN Team <sen@council.example> escreveu:",
		"Gmail pt-PT":       "SEN Team <sen@council.example> escreveu (segunda, 2/03/2026 à(s) 09:15):",
		"Gmail it":          "Il giorno lun 2 mar 2026 alle ore 09:15 SEN Team <sen@council.example> ha scritto:",
		"Gmail nl":          "Op ma 2 mrt 2026 om 09:15 schreef SEN Team <sen@council.example>:",
		"Gmail pl":          "pon., 2 mar 2026 o 09:15 SEN Team <sen@council.example> napisał(a):",
		"Thunderbird pl":    "W dniu 2.03.2026 o 09:15, SEN Team pisze:",
		"Gmail ro":          "În lun., 2 mar. 2026 la 09:15, SEN Team <sen@council.example> a scris:",
		"Gmail ar":          "في الاثنين، ٢ مارس ٢٠٢٦ في ٩:١٥ ص تمت كتابة ما يلي بواسطة \u202aSEN Team\u202c\u200f <\u202asen@council.example\u202c\u200f>:",
		"Gmail ur":          "پیر، 2 مارچ، 2026 کو 9:15 AM پر SEN Team <sen@council.example> نے لکھا:",
		"Gmail bn":          "সোম, ২ মার্চ, ২০২৬ তারিখে ৯:১৫ AM টায় SEN Team <sen@council.example> লিখেছেন:",
		"Gmail hi":          "सोम, 2 मार्च 2026 को 9:15 am बजे को SEN Team <sen@council.example> ने लिखा:",
		"Gmail pa":          "ਸੋਮ, 2 ਮਾਰਚ 2026 ਨੂੰ 9:15 ਪੂ.ਦੁ. 'ਤੇ SEN Team <sen@council.example> ਨੇ ਲਿਖਿਆ:",
		"Gmail gu":          "સોમ, 2 માર્ચ, 2026 એ 09:15 AM વાગ્યે SEN Team <sen@council.example> એ લખ્યું:",
		"Gmail ta":          "திங்., 2 மார்., 2026, முற்பகல் 9:15 அன்று, SEN Team <sen@council.example> எழுதியது:",
		"Gmail fa":          "در تاریخ دوشنبه ۲ مارس ۲۰۲۶، ۹:۱۵ SEN Team <sen@council.example> نوشت:",
		"Gmail tr":          "SEN Team <sen@council.example>, 2 Mar 2026 Pzt, 09:15 tarihinde şunu yazdı:",
		"Gmail sv":          "Den mån 2 mars 2026 kl 09:15 skrev SEN Team <sen@council.example>:",
		"Gmail da":          "Den man. 2. mar. 2026 kl. 09.15 skrev SEN Team <sen@council.example>:",
		"Gmail no":          "man. 2. mars 2026 kl. 09:15 skrev SEN Team <sen@council.example>:",
		"Gmail fi":          "ma 2. maalisk. 2026 klo 9.15 SEN Team (sen@council.example) kirjoitti:",
		"Gmail cs":          "po 2. 3. 2026 v 9:15 odesílatel SEN Team <sen@council.example> napsal:",
		"Gmail sk":          "po 2. 3. 2026 o 9:15 SEN Team <sen@council.example> napísal(a):",
		"Gmail hu":          "SEN Team <sen@council.example> ezt írta (időpont: 2026. márc. 2., H, 9:15):",
		"Gmail zh-CN":       "SEN Team <sen@council.example> 于2026年3月2日周一 09:15写道：",
		"Gmail zh-TW":       "SEN Team <sen@council.example> 於 2026年3月2日 週一 上午9:15寫道：",
		"Gmail ja":          "2026年3月2日(月) 9:15 SEN Team <sen@council.example>:",
		"Gmail ko":          "2026년 3월 2일 (월) 오전 9:15, SEN Team <sen@council.example>님이 작성:",
		"Gmail ru":          "пн, 2 мар. 2026 г. в 09:15, SEN Team <sen@council.example>:",
		"Mail.ru":           "Понедельник, 2 марта 2026, 9:15 +03:00 от SEN Team <sen@council.example>:",
		"Gmail uk":          "пн, 2 бер. 2026 р. о 09:15 SEN Team <sen@council.example> пише:",
		"Gmail bg":          "На пн, 2.03.2026 г. в 9:15 SEN Team <sen@council.example> написа:",
		"Gmail el":          "Στις Δευ 2 Μαρ 2026 στις 9:15 π.μ., ο χρήστης SEN Team <sen@council.example> έγραψε:",
		"Gmail lt":          "2026-03-02, pr, 09:15 SEN Team <sen@council.example> rašė:",
		"Gmail vi":          "Vào Th 2, 2 thg 3, 2026 vào lúc 09:15 SEN Team <sen@council.example> đã viết:",
		"Gmail cy":          "Ar Llun, 2 Maw 2026 am 09:15 ysgrifennodd SEN Team <sen@council.example>:",
		"Outlook en":        "From: SEN Team <sen@council.example>\nSent: 02 March 2026 09:15\nTo: Nadia Rahman\nSubject: Transport",
		"Outlook web":       "________________________________\nFrom: SEN Team <sen@council.example>\nSent: Monday, March 2, 2026 9:15 AM\nTo: Nadia Rahman <nadia@family.example>\nSubject: Transport",
		"Outlook bold":      "*From:* SEN Team <sen@council.example>\n*Sent:* 02 March 2026 09:15\n*To:* Nadia Rahman\n*Subject:* Transport",
		"Outlook old":       "-----Original Message-----\nFrom: SEN Team\nSent: 02 March 2026 09:15\nTo: Nadia Rahman\nSubject: Transport",
		"Outlook de":        "Von: SEN Team <sen@council.example>\nGesendet: Montag, 2. März 2026 09:15\nAn: Nadia Rahman\nBetreff: Transport",
		"Outlook fr":        "De : SEN Team <sen@council.example>\nEnvoyé : lundi 2 mars 2026 09:15\nÀ : Nadia Rahman\nObjet : Transport",
		"Outlook es":        "De: SEN Team <sen@council.example>\nEnviado: lunes, 2 de marzo de 2026 9:15\nPara: Nadia Rahman\nAsunto: Transport",
		"Outlook it":        "Da: SEN Team <sen@council.example>\nInviato: lunedì 2 marzo 2026 09:15\nA: Nadia Rahman\nOggetto: Transport",
		"Outlook nl":        "Van: SEN Team <sen@council.example>\nVerzonden: maandag 2 maart 2026 09:15\nAan: Nadia Rahman\nOnderwerp: Transport",
		"Outlook pl":        "Od: SEN Team <sen@council.example>\nWysłano: poniedziałek, 2 marca 2026 09:15\nDo: Nadia Rahman\nTemat: Transport",
		"Outlook ro":        "De la: SEN Team <sen@council.example>\nTrimis: luni, 2 martie 2026 09:15\nCătre: Nadia Rahman\nSubiect: Transport",
		"Outlook sv":        "Från: SEN Team <sen@council.example>\nSkickat: den 2 mars 2026 09:15\nTill: Nadia Rahman\nÄmne: Transport",
		"Outlook da":        "Fra: SEN Team <sen@council.example>\nSendt: 2. marts 2026 09:15\nTil: Nadia Rahman\nEmne: Transport",
		"Outlook fi":        "Lähettäjä: SEN Team <sen@council.example>\nLähetetty: maanantai 2. maaliskuuta 2026 9.15\nVastaanottaja: Nadia Rahman\nAihe: Transport",
		"Outlook cs":        "Od: SEN Team <sen@council.example>\nOdesláno: pondělí 2. března 2026 9:15\nKomu: Nadia Rahman\nPředmět: Transport",
		"Outlook tr":        "Kimden: SEN Team <sen@council.example>\nGönderildi: 2 Mart 2026 Pazartesi 09:15\nKime: Nadia Rahman\nKonu: Transport",
		"Outlook ru":        "От: SEN Team <sen@council.example>\nОтправлено: 2 марта 2026 г. 9:15\nКому: Nadia Rahman\nТема: Transport",
		"Outlook ar":        "من: SEN Team <sen@council.example>\nتم الإرسال: 02/مارس/2026 09:15\nإلى: Nadia Rahman\nالموضوع: Transport",
		"Outlook zh":        "发件人: SEN Team <sen@council.example>\n发送时间: 2026年3月2日 9:15\n收件人: Nadia Rahman\n主题: Transport",
		"Outlook ja":        "差出人: SEN Team <sen@council.example>\n送信日時: 2026年3月2日 9:15\n宛先: Nadia Rahman\n件名: Transport",
		"Outlook ko":        "보낸 사람: SEN Team <sen@council.example>\n보낸 날짜: 2026년 3월 2일 월요일 오전 9:15\n받는 사람: Nadia Rahman\n제목: Transport",
		"Outlook el":        "Από: SEN Team <sen@council.example>\nΣτάλθηκε: Δευτέρα, 2 Μαρτίου 2026 9:15\nΠρος: Nadia Rahman\nΘέμα: Transport",
		"Outlook hu":        "Feladó: SEN Team <sen@council.example>\nElküldve: 2026. március 2., hétfő 9:15\nCímzett: Nadia Rahman\nTárgy: Transport",
		"Samsung":           "-------- Original message --------\nFrom: SEN Team <sen@council.example>\nDate: 02/03/2026 09:15 (GMT+00:00)\nTo: nadia@family.example\nSubject: Transport",
		"Samsung de":        "-------- Ursprüngliche Nachricht --------\nVon: SEN Team <sen@council.example>\nDatum: 02.03.26 09:15 (GMT+00:00)\nAn: nadia@family.example\nBetreff: Transport",
		"Gmail forward":     "---------- Forwarded message ---------\nFrom: SEN Team <sen@council.example>\nDate: Mon, 2 Mar 2026 at 09:15\nSubject: Transport\nTo: <nadia@family.example>",
		"Apple forward":     "Begin forwarded message:\n\nFrom: SEN Team <sen@council.example>\nSubject: Transport\nDate: 2 March 2026 at 09:15:00 GMT\nTo: nadia@family.example",
		"Outlook rule only": "-----Ursprüngliche Nachricht-----",
	}
}

func TestReplyTextEndsAtEarlierMail(t *testing.T) {
	for name, sep := range introductions() {
		t.Run(name, func(t *testing.T) {
			for how, below := range map[string]string{"plain": theirs, "quoted": "> " + strings.ReplaceAll(theirs, "\n", "\n> ")} {
				if strings.HasPrefix(name, "Outlook") && how == "quoted" {
					continue
				}
				if got := reply(t, mine+"\n\n"+sep+"\n\n"+below+"\n"); got != mine {
					t.Errorf("%s: got %q", how, got)
				}
			}
		})
	}
}

func TestReplyText(t *testing.T) {
	intro := "On Mon, 2 Mar 2026 at 09:15, SEN Team <sen@council.example> wrote:\n"
	cases := []struct{ name, body, want string }{
		{"nothing to fold", mine, mine},
		{"answers between quotations are kept with their questions", "Please see below.\n\n" + intro + "> Is Owen at school?\nNo, since Monday.\n> Who brings him?\nI do.\n", "Please see below.\n\n> Is Owen at school?\nNo, since Monday.\n> Who brings him?\nI do."},
		{"answer below the whole of the earlier mail", intro + "> We are looking into this.\n> The SEN team\n\nThank you, but he is still at home.\n", "Thank you, but he is still at home."},
		{"signature", mine + "\n-- \nNadia Rahman\n01234 000123\n", mine},
		{"iPhone", mine + "\n\nSent from my iPhone\n", mine},
		{"iPhone de", mine + "\n\nVon meinem iPhone gesendet\n", mine},
		{"iPhone fr", mine + "\n\nEnvoyé de mon iPhone\n", mine},
		{"iPhone pl", mine + "\n\nWysłane z iPhone'a\n", mine},
		{"iPhone tr", mine + "\n\niPhone'umdan gönderildi\n", mine},
		{"Outlook for Android", mine + "\n\nGet Outlook for Android<https://aka.ms/x>\n", mine},
		{"Yahoo", mine + "\n\nSent from Yahoo Mail for iPhone\n", mine},
		{"a sentence that begins like a footer", mine + "\n\nSent from my desk, which is easier than telling you on the mobile phone.", mine + "\n\nSent from my desk, which is easier than telling you on the mobile phone."},
		{"disclaimer", mine + "\n\nThis email and any attachments are confidential and intended solely for the addressee.\nIf you are not the intended recipient, delete it.\n", mine},
		{"footer of a mailing list", "Thank you.\n\n" + intro + "> We are looking into this.\n\n_______________________________________________\nCarers mailing list\nCarers@lists.charity.example\n", "Thank you."},
		{"a sentence with a colon", "On Monday he said:\nI will not go.\n\nFrom: now on he stays at home.", "On Monday he said:\nI will not go.\n\nFrom: now on he stays at home."},
		{"a list of times", "On Tuesday 3 March 2026 he was late at 09:15. On Wednesday too.\n\nPlease write:\n- the school\n- the taxi", "On Tuesday 3 March 2026 he was late at 09:15. On Wednesday too.\n\nPlease write:\n- the school\n- the taxi"},
		{"a rule in a letter", "First.\n\n---\n\nSecond, and this goes on for a while.\n" + strings.Repeat("And on.\n", 20), "First.\n\n---\n\nSecond, and this goes on for a while.\n" + strings.TrimSpace(strings.Repeat("And on.\n", 20))},
		{"rules between the parts of a letter", "What went wrong:\n\n----\n\n1. The taxi was late.\n2. Nobody rang.\n\n----\n\nPlease ring me.", "What went wrong:\n\n----\n\n1. The taxi was late.\n2. Nobody rang.\n\n----\n\nPlease ring me."},
		{"a sentence below a rule", mine + "\n---\nI forgot to say that he also missed the lunch.", mine + "\n---\nI forgot to say that he also missed the lunch."},
		{"a card below a rule", mine + "\n\n---\nNadia Rahman\n01234 000123\nSent from my iPhone", mine},
		{"forwarded without a word", "---------- Forwarded message ---------\nFrom: Head <head@school.example>\nDate: Mon, 2 Mar 2026 at 09:15\nSubject: Owen\nTo: <nadia@family.example>\n\nOwen was excluded today.", "Owen was excluded today."},
		{"nothing written above earlier mail", "\n" + intro + "> We are looking into this.\n", ""},
		{"only quotation marks", "> Can you ring me?\n", "> Can you ring me?"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := reply(t, c.body); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestReplyTextOfHTML(t *testing.T) {
	cases := map[string]string{
		"Gmail":         `<div dir="ltr">The taxi did not come.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, 2 Mar 2026 at 09:15, SEN Team &lt;<a href="mailto:sen@council.example">sen@council.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0">We are looking into this.</blockquote></div>`,
		"Outlook":       `<div class=WordSection1><p class=MsoNormal>The taxi did not come.<o:p></o:p></p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>From:</b> SEN Team &lt;sen@council.example&gt; <br><b>Sent:</b> 02 March 2026 09:15<br><b>To:</b> Nadia<br><b>Subject:</b> Transport</p></div><p>We are looking into this.</p></div>`,
		"Outlook web":   `<div>The taxi did not come.</div><div id="appendonsend"></div><hr style="width:98%"><div id="divRplyFwdMsg"><b>From:</b> SEN Team</div><div>We are looking into this.</div>`,
		"Outlook phone": `<div>The taxi did not come.</div><div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/x">Outlook for iOS</a></div><div class="ms-outlook-mobile-reference-message skipProofing"><b>From:</b> SEN</div><p>We are looking into this.</p>`,
		"Apple":         `<html><body>The taxi did not come.<br><div><br><blockquote type="cite"><div>On 2 Mar 2026, at 09:15, SEN Team &lt;sen@council.example&gt; wrote:</div><br><div>We are looking into this.</div></blockquote></div></body></html>`,
		"Yahoo":         `<div>The taxi did not come.</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Monday, SEN Team wrote:</div><div>We are looking into this.</div></div>`,
		"Thunderbird":   `<p>The taxi did not come.</p><div class="moz-cite-prefix">On 02/03/2026 09:15, SEN Team wrote:<br></div><blockquote type="cite" cite="mid:x">We are looking into this.</blockquote>`,
		"GMX":           `<div>The taxi did not come.</div><div name="quote" style="margin:10px"><div><b>Gesendet:</b> Montag<br><b>Von:</b> SEN</div><div>We are looking into this.</div></div>`,
	}
	for name, html := range cases {
		t.Run(name, func(t *testing.T) {
			in := parse.Message([]byte("From: nadia@family.example\nContent-Type: text/html; charset=utf-8\n\n"+html), parse.Options{})
			if in.ReplyText != "The taxi did not come." {
				t.Errorf("got %q of %q", in.ReplyText, in.Text)
			}
			if !strings.Contains(in.Text, "We are looking into this.") {
				t.Errorf("Text has lost the earlier mail: %q", in.Text)
			}
		})
	}
}
