package parse

import "strings"

// class is what a label of a quoted header names.
type class byte

const (
	noClass class = iota
	clFrom
	clDate
	clTo
	clSubject
	clCc
	clOther
)

// headerBlock says how many lines of a quoted header ("From: Sent: To: Subject:")
// begin at line i; 0 when none does. The header must begin with its sender or
// date, or name a sender soon, and hold three different labels (two when one
// carries an address or stands below a rule), so that "From: Monday we..." in a
// letter is not taken for one.
func (f *folder) headerBlock(i int) int {
	if f.labelOf(i) == noClass {
		return f.foreignHeader(i)
	}
	c, v := label(f.at(i))
	if c == noClass || c == clOther {
		return 0
	}
	var seen [clOther + 1]bool
	kinds, mail, gaps, end := 0, false, 0, i
	for j := i; j < len(f.lines) && j < i+14; j++ {
		t := f.at(j)
		if t == "" {
			if gaps++; gaps > 3 {
				break
			}
			continue
		}
		k := f.labelOf(j)
		if k == noClass {
			// A value may go on over lines; not for long.
			if j-end > 3 {
				break
			}
			mail = mail || strings.Contains(t, "@") && !seen[clSubject]
			continue
		}
		if k != clOther && !seen[k] {
			seen[k] = true
			kinds++
		}
		if k == clFrom || k == clTo {
			mail = mail || strings.Contains(t, "@")
		}
		end = j
	}
	if !seen[clFrom] && !(seen[clDate] && seen[clTo] && seen[clSubject]) {
		return 0
	}
	above := i > 0 && f.ruleAbove(i) < i
	switch {
	case kinds >= 3:
	case kinds == 2 && above:
	case kinds == 2 && mail && seen[clFrom] && (seen[clDate] || seen[clTo] || seen[clSubject]) && c == clFrom:
	case kinds == 1 && above && c == clFrom && strings.Contains(v, "@"):
	default:
		return 0
	}
	return end - i + 1
}

// foreignHeader finds a quoted header whose labels are in a script that the lists
// do not have: four or more lines of the form "label: value" that stand together,
// an address on the first, a date with a time on the second or third.
func (f *folder) foreignHeader(i int) int {
	first := f.at(i)
	if !strings.Contains(first, "@") || !foreignLabel(first) {
		return 0
	}
	n, dated := 1, false
	for ; i+n < len(f.lines) && n < 8; n++ {
		t := f.at(i + n)
		if !foreignLabel(t) {
			break
		}
		s := evidence(westernDigits(t))
		dated = dated || n < 3 && s.date && s.time
	}
	if n < 4 || !dated {
		return 0
	}
	return n
}

// foreignLabel says whether a line begins with a short label that has letters
// beyond ASCII.
func foreignLabel(t string) bool {
	label, _, ok := strings.Cut(t, ":")
	return ok && len(label) > 2 && len(label) <= 75 && len(strings.Fields(label)) <= 3 && strings.IndexFunc(label, func(r rune) bool { return r > 0x24F }) >= 0
}

// labelOf remembers the label of each line, which several blocks ask for.
func (f *folder) labelOf(i int) class {
	if f.labels == nil {
		f.labels = make([]class, len(f.lines))
	}
	if f.labels[i] == 0 {
		k, _ := label(f.at(i))
		f.labels[i] = k + 1
	}
	return f.labels[i] - 1
}

// label reads "From: value" in the languages of the common mail programs, also
// with the stars that bold type leaves and behind quotation marks.
func label(t string) (class, string) {
	t = strings.TrimLeft(t, "*>_| \u00a0")
	i := strings.IndexByte(t, ':')
	if j := strings.Index(t, "："); j >= 0 && (i < 0 || j < i) {
		return labelClass(t[:j]), strings.TrimSpace(t[j+len("："):])
	}
	if i <= 0 || i > 40 {
		return noClass, ""
	}
	return labelClass(t[:i]), strings.Trim(t[i+1:], "* \u00a0")
}

func labelClass(s string) class {
	s = strings.ToLower(strings.Trim(s, "* \u00a0\t_"))
	switch s {
	case "from", "von", "de", "da", "van", "od", "från", "fra", "lähettäjä", "от", "від", "发件人", "發件人", "寄件者", "寄件人", "差出人", "送信者", "보낸 사람", "보낸사람", "kimden", "gönderen", "de la", "expéditeur", "expediteur", "remetente", "mittente", "afzender", "afsender", "avsender", "avsändare", "nadawca", "отправитель", "من", "از", "מאת", "feladó", "από", "odesílatel", "odosielateľ", "pošiljatelj", "dari", "nuo", "no", "saatja", "от кого", "from (sender)", "प्रेषक", "منجانب", "ارسال کنندہ", "প্রেরক", "থেকে", "từ", "จาก", "expeditor", "nga", "ka", "ffrom", "oddi wrth", "avsändare/from":
		return clFrom
	case "sent", "date", "gesendet", "datum", "envoyé", "envoye", "enviado", "fecha", "inviato", "data", "verzonden", "wysłano", "skickat", "sendt", "lähetetty", "päivämäärä", "päiväys", "отправлено", "дата", "надіслано", "发送时间", "傳送日期", "寄件日期", "日期", "送信日時", "日付", "날짜", "보낸 날짜", "gönderildi", "gönderme tarihi", "tarih", "trimis", "enviada em", "enviado el", "enviado em", "data/hora", "date d'envoi", "gesendet am", "sent on", "التاريخ", "تاريخ الإرسال", "أرسلت", "تم الإرسال", "تاریخ", "נשלח", "תאריך", "elküldve", "dátum", "ημερομηνία", "στάλθηκε", "odesláno", "odoslané", "dato", "sendt den", "skickat den", "date sent", "sent at", "message du", "message de", "received", "তারিখ", "পাঠানো হয়েছে", "बھیجا گیا", "दिनांक", "ngày", "dyddiad", "anfonwyd", "terkirim", "tanggal", "poslano", "kuupäev", "изпратено", "išsiųsta", "dërguar", "la diray":
		return clDate
	case "to", "an", "à", "a", "para", "aan", "do", "till", "til", "vastaanottaja", "кому", "收件人", "收件者", "宛先", "받는 사람", "받는사람", "kime", "alıcı", "către", "catre", "destinataire", "destinatário", "destinatario", "kopia till", "إلى", "الى", "به", "אל", "címzett", "προς", "komu", "pro", "prima", "kepada", "প্রতি", "প্রাপক", "بنام", "đến", "at", "odbiorca", "ontvanger", "empfänger", "modtager", "mottaker", "mottagare", "destinatari", "pour", "до", "kam", "për", "ku":
		return clTo
	case "subject", "betreff", "objet", "asunto", "oggetto", "onderwerp", "temat", "ämne", "emne", "aihe", "тема", "主题", "主題", "主旨", "件名", "제목", "konu", "subiect", "assunto", "الموضوع", "موضوع", "נושא", "tárgy", "θέμα", "předmět", "predmet", "re", "tema", "বিষয়", "विषय", "chủ đề", "pwnc", "subjek", "titolo", "sujet", "betr", "ang", "vedr", "subj", "относно", "mawduuc", "ਵਿਸ਼ਾ", "વિષય", "பொருள்":
		return clSubject
	case "cc", "kopie", "copie", "copia", "cópia", "dw", "kopia", "kopi", "kopio", "копия", "копія", "抄送", "副本", "참조", "bilgi", "bcc", "cci", "cco", "نسخة", "másolat", "κοιν", "kópia", "c.c", "ccn", "copie à":
		return clCc
	case "reply-to", "reply to", "importance", "priority", "attachments", "attachment", "wichtigkeit", "anlagen", "pièces jointes", "importancia", "antwort an", "répondre à", "responder a", "message-id", "mailed-by", "signed-by", "organization", "x-mailer", "cc/bcc", "bijlagen", "allegati", "datei", "antwoord aan", "svar til", "odpowiedz do", "resent-from", "when", "where", "wann", "wo", "sensitivity", "newsgroups", "content-type":
		return clOther
	}
	return noClass
}
