package parse_test

import (
	"strings"
	"testing"
)

// More of the lines that programs write above earlier mail, in the languages of
// families in England: Outlook, Apple Mail, Yahoo, Thunderbird, Samsung.
func moreIntroductions() map[string]string {
	const a = "<sen@council.example>"
	return map[string]string{
		"Outlook pt":     "De: SEN Team " + a + "\nEnviado: segunda-feira, 2 de março de 2026 09:15\nPara: Nadia Rahman\nAssunto: Transport",
		"Outlook uk":     "Від: SEN Team " + a + "\nНадіслано: 2 березня 2026 р. 9:15\nКому: Nadia Rahman\nТема: Transport",
		"Outlook bg":     "От: SEN Team " + a + "\nИзпратено: понеделник, 2 март 2026 г. 9:15\nДо: Nadia Rahman\nОтносно: Transport",
		"Outlook lt":     "Nuo: SEN Team " + a + "\nIšsiųsta: 2026 m. kovo 2 d., pirmadienis 09:15\nKam: Nadia Rahman\nTema: Transport",
		"Outlook fa":     "از: SEN Team " + a + "\nارسال شده: دوشنبه، ۲ مارس ۲۰۲۶ ۰۹:۱۵\nبه: Nadia Rahman\nموضوع: Transport",
		"Outlook ur":     "منجانب: SEN Team " + a + "\nبھیجا گیا: 2 مارچ، 2026 09:15\nبنام: Nadia Rahman\nموضوع: Transport",
		"Outlook hi":     "प्रेषक: SEN Team " + a + "\nभेजा गया: 2 मार्च 2026 09:15\nप्रति: Nadia Rahman\nविषय: Transport",
		"Outlook bn":     "প্রেরক: SEN Team " + a + "\nপাঠানো হয়েছে: 2 মার্চ 2026 09:15\nপ্রতি: Nadia Rahman\nবিষয়: Transport",
		"Outlook gu":     "પ્રેષક: SEN Team " + a + "\nમોકલ્યું: 2 માર્ચ 2026 09:15\nપ્રતિ: Nadia Rahman\nવિષય: Transport",
		"Outlook pa":     "ਵੱਲੋਂ: SEN Team " + a + "\nਭੇਜਿਆ: 2 ਮਾਰਚ 2026 09:15\nਨੂੰ: Nadia Rahman\nਵਿਸ਼ਾ: Transport",
		"Outlook ta":     "அனுப்புநர்: SEN Team " + a + "\nஅனுப்பியது: 2 மார்ச் 2026 09:15\nபெறுநர்: Nadia Rahman\nபொருள்: Transport",
		"Outlook sq":     "Nga: SEN Team " + a + "\nDërguar: 2 mars 2026 09:15\nPër: Nadia Rahman\nTema: Transport",
		"Apple fr":       "Le 2 mars 2026 à 09:15, SEN Team " + a + " a écrit :",
		"Apple pl":       "Wiadomość napisana przez SEN Team " + a + " w dniu 2 mar 2026, o godz. 09:15:",
		"Apple ro":       "Pe 2 mar. 2026, la 09:15, SEN Team " + a + " a scris:",
		"Apple pt":       "No dia 02/03/2026, às 09:15, SEN Team " + a + " escreveu:",
		"Apple es":       "El 2 mar 2026, a las 9:15, SEN Team " + a + " escribió:",
		"Apple ru":       "2 марта 2026 г., в 09:15, SEN Team " + a + " написал(а):",
		"Apple hu":       "SEN Team " + a + " írta (2026. márc. 2., 9:15):",
		"Apple tr":       "SEN Team " + a + " şunları yazdı (2 Mar 2026 09:15):",
		"Apple ar":       "في ٢ مارس ٢٠٢٦، الساعة ٩:١٥ ص، كتب/كتبت SEN Team " + a + ":",
		"Apple zh":       "2026年3月2日 09:15，SEN Team " + a + " 写道：",
		"Apple bg":       "На 2.03.2026 г., в 9:15, SEN Team " + a + " написа:",
		"Yahoo fr":       "Le lundi 2 mars 2026 à 09:15:00 UTC, SEN Team " + a + " a écrit :",
		"Yahoo es":       "En lunes, 2 de marzo de 2026, 09:15:00 GMT, SEN Team " + a + " escribió:",
		"Yahoo pl":       "W dniu poniedziałek, 2 marca 2026 09:15:00 GMT użytkownik SEN Team " + a + " napisał:",
		"Yahoo ro":       "Luni, 2 martie 2026, 09:15:00 GMT, SEN Team " + a + " a scris:",
		"Yahoo pt":       "Em segunda-feira, 2 de março de 2026 09:15:00 GMT, SEN Team " + a + " escreveu:",
		"Yahoo de":       "Am Montag, 2. März 2026 um 09:15:00 GMT hat SEN Team " + a + " Folgendes geschrieben:",
		"Yahoo tr":       "2 Mart 2026 Pazartesi 09:15:00 GMT tarihinde SEN Team " + a + " şunu yazdı:",
		"Yahoo it":       "Il lunedì 2 marzo 2026 alle ore 09:15:00 GMT, SEN Team " + a + " ha scritto:",
		"Yahoo hu":       "2026. március 2., hétfő 9:15:00 GMT időpontban SEN Team " + a + " ezt írta:",
		"Thunderbird fr": "Le 02/03/2026 à 09:15, SEN Team a écrit :",
		"Thunderbird de": "Am 02.03.26 um 09:15 schrieb SEN Team:",
		"Thunderbird es": "El 2/3/26 a las 9:15, SEN Team escribió:",
		"Thunderbird pt": "Às 09:15 de 02/03/2026, SEN Team escreveu:",
		"Thunderbird ro": "La 02.03.2026 09:15, SEN Team a scris:",
		"Thunderbird ru": "02.03.2026 09:15, SEN Team пишет:",
		"Thunderbird hu": "2026. 03. 02. 9:15 keltezéssel, SEN Team írta:",
		"Thunderbird lt": "2026-03-02 09:15, SEN Team rašė:",
		"Thunderbird uk": "02.03.26 09:15, SEN Team пише:",
		"Thunderbird bg": "На 2.3.2026 г. 9:15, SEN Team написа:",
		"Thunderbird tr": "2.03.2026 09:15 tarihinde SEN Team yazdı:",
		"Thunderbird zh": "在 2026/3/2 09:15, SEN Team 写道:",
		"Samsung pl":     "-------- Oryginalna wiadomość --------\nOd: SEN Team " + a + "\nData: 02.03.2026 09:15 (GMT+00:00)\nDo: nadia@family.example\nTemat: Transport",
		"Samsung ro":     "-------- Mesaj original --------\nDe la: SEN Team " + a + "\nData: 02.03.2026 09:15 (GMT+00:00)\nCătre: nadia@family.example\nSubiect: Transport",
		"Samsung ar":     "-------- الرسالة الأصلية --------\nمن: SEN Team " + a + "\nالتاريخ: ٢٠٢٦/٣/٢ ٠٩:١٥\nإلى: nadia@family.example\nالموضوع: Transport",
		"Samsung tr":     "-------- Orijinal mesaj --------\nGönderen: SEN Team " + a + "\nTarih: 02.03.2026 09:15 (GMT+00:00)\nAlıcı: nadia@family.example\nKonu: Transport",
	}
}

func TestReplyTextEndsAtEarlierMailInMoreLanguages(t *testing.T) {
	for name, sep := range moreIntroductions() {
		t.Run(name, func(t *testing.T) {
			for how, below := range map[string]string{"plain": theirs, "quoted": "> " + strings.ReplaceAll(theirs, "\n", "\n> ")} {
				if strings.HasPrefix(name, "Outlook") && how == "quoted" {
					continue
				}
				if got := reply(t, mine+"\n\n"+sep+"\n\n"+below+"\n"); got != mine {
					t.Errorf("%s: got %q", how, got)
				}
				if how == "plain" {
					continue
				}
				if got := reply(t, sep+"\n"+below+"\n\n"+mine+"\n"); got != mine {
					t.Errorf("written below: got %q", got)
				}
			}
		})
	}
}

// What telephones and programs add below, in the languages of families.
func TestMobileFooters(t *testing.T) {
	for _, l := range []string{
		"Sent from my Galaxy", "Sent from my Samsung Galaxy smartphone.", "Sent from Samsung Mobile", "Sent from Outlook for Android", "Sent from Yahoo Mail on Android", "Get Outlook for iOS<https://aka.ms/x>", "Sent from Mail for Windows", "Sent from my Huawei phone", "Sent via BT Email App", "Sent from my iPad, please excuse any mistakes",
		"Wysłane z mojego iPhone'a", "Wysłano z urządzenia Samsung Galaxy", "Wysłane z aplikacji Outlook dla systemu Android", "Trimis de pe iPhone-ul meu", "Trimis de pe dispozitivul meu Samsung Galaxy", "Trimis din Yahoo Mail pe Android", "Enviado do meu iPhone", "Enviado do meu smartphone Samsung Galaxy.", "Enviado desde mi iPhone", "Enviado desde mi Galaxy", "Envoyé de mon iPhone", "Envoyé à partir d’Outlook pour Android", "Envoyé depuis mon appareil Galaxy", "Von meinem Galaxy gesendet", "Gesendet von Outlook für Android", "Inviato da iPhone", "Inviato dal mio Galaxy",
		"أُرسلت من الـ iPhone", "أرسلت من هاتفي Samsung Galaxy", "میرے iPhone سے بھیجا گیا", "ਮੇਰੇ iPhone ਤੋਂ ਭੇਜਿਆ ਗਿਆ", "আমার iPhone থেকে পাঠানো হয়েছে", "મારા iPhone પરથી મોકલેલ", "मेरे iPhone से भेजा गया", "எனது iPhone இலிருந்து அனுப்பப்பட்டது", "Waxaa laga soo diray iPhone-kayga", "iPhone'umdan gönderildi", "Samsung Galaxy cihazımdan gönderildi", "Надіслано з iPhone", "Надіслано з мого Galaxy", "Отправлено с iPhone", "Отправлено из мобильной Почты Mail", "Išsiųsta iš mano iPhone", "Išsiųsta iš „Samsung“ telefono", "Изпратено от моя iPhone", "Изпратено от Samsung Galaxy", "Az iPhone-omról küldve", "iPhone-ról küldve", "发自我的iPhone", "发自我的小米手机", "ارسال شده از iPhone من", "Dërguar nga iPhone im", "Poslano z mojega iPhona", "Odesláno z iPhonu",
	} {
		if got := reply(t, mine+"\n\n"+l+"\n"); got != mine {
			t.Errorf("%s: got %q", l, got)
		}
		if got := reply(t, mine+"\n\n"+l+"\n\nOn Mon, 2 Mar 2026 at 09:15, SEN Team <sen@council.example> wrote:\n> We are looking into this.\n"); got != mine {
			t.Errorf("%s, above earlier mail: got %q", l, got)
		}
	}
	for _, l := range []string{
		"I sent it from my phone on Monday.", "He was sent home from school with his iPad broken.", "The iPhone that school sent home does not work.", "Please ring my mobile.", "Wysłałam to wczoraj z telefonu, czy doszło?", "Sent home early again!", "My Samsung is broken so please email.",
	} {
		if got := reply(t, mine+"\n\n"+l+"\n"); got != mine+"\n\n"+l {
			t.Errorf("a sentence is folded: %q gives %q", l, got)
		}
	}
}

// When a person wrote only a footer, or only above or below, something is left.
func TestReplyTextIsNeverCutToNothing(t *testing.T) {
	for _, body := range []string{
		"Sent from my iPhone\n", "-- \nNadia Rahman\n", "Yes\n", "Yes\n\nSent from my iPhone\n", "This email is confidential and intended solely for the addressee.\n", "> Yes\n", "\n\nOk.\n-- \nNadia\n", "On Monday:\nYes.\n", "--\nYes, that is fine.\n", "___\nYes.\n",
	} {
		if got := reply(t, body); strings.TrimSpace(got) == "" {
			t.Errorf("%q is cut to nothing", body)
		}
	}
}

// What closes a letter is no signature to be folded: the name says who wrote.
func TestClosingWordsStay(t *testing.T) {
	for _, close := range []string{"Kind regards\nNadia", "Thanks,\nNadia Rahman (Owen's mum)", "Pozdrawiam\nNadia", "Cu stimă,\nNadia", "Mit freundlichen Grüßen\nNadia", "شكرا\nنادية"} {
		if got := reply(t, mine+"\n\n"+close+"\n"); got != mine+"\n\n"+close {
			t.Errorf("got %q", got)
		}
	}
}
