package view

// letterFiles has everything that the list of files can show.
func letterFiles() LetterFiles {
	return LetterFiles{
		Can: true, Hint: "Up to 25 MB together. Documents and pictures; no programs or web pages. The check reads what is inside.",
		Attached: []Attached{
			{ID: "7", Name: "Draft plan, section F.docx", Kind: "Word document", Bytes: 88_412, Clean: true},
			{ID: "9", Name: "school map with a name that is as long as names of files that people make on a telephone can be.png", Kind: "Picture", Bytes: 2_310_000, Note: "Cleaned copy. Taken out: where it was taken"},
			{ID: "10", Name: "letter.pdf", Kind: "PDF", Bytes: 9_000, Note: "Not scanned for viruses: the scanner does not answer", Urgent: true},
		},
		Came:   []Option{{Value: "812:2", Text: "letter from school.pdf, from Tessa Brandt, 17 Nov"}},
		Before: []string{"school map.png as you added it, replaced by a cleaned copy 24 Nov, 10:31"},
	}
}
