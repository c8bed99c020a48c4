package caseload

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"hearback/tickets/fault"
)

// Limits on a file; more is refused, not cut.
const (
	MaxBytes   = 200 << 20
	maxRows    = 500_000
	maxColumns = 400
	maxCell    = 4_000
)

// Table is a file as rows of cells.
type Table struct {
	Sheet    string // of a workbook
	Headings []string
	Rows     []Row
	Warnings []string
}

// Row is one line below the headings.
type Row struct {
	Number  int // in the file, as a spreadsheet shows it: the headings are usually row 1
	Cells   []string
	Formula []int // columns, from 0, whose cell holds a formula
	Merged  []int // columns, from 0, whose cell is merged with others
}

// Read reads a CSV or XLSX file, told apart by content. The first line that is not
// blank holds the headings. Blank rows are left out. fault.Invalid with what is
// wrong and where.
func Read(ctx context.Context, file []byte) (*Table, error) {
	if len(file) > MaxBytes {
		return nil, fault.Newf(fault.Invalid, "The file is larger than %d MB.", MaxBytes>>20)
	}
	if bytes.HasPrefix(file, []byte("PK\x03\x04")) {
		return readWorkbook(ctx, file)
	}
	if bytes.HasPrefix(file, []byte("\xd0\xcf\x11\xe0")) {
		return nil, fault.New(fault.Invalid, "This is a workbook of the old kind (.xls), or one with a password. Save it as .xlsx or .csv without one.")
	}
	return readCSV(ctx, file)
}

func readCSV(ctx context.Context, file []byte) (*Table, error) {
	t := &Table{}
	text, warning, err := decode(file)
	if err != nil {
		return nil, err
	}
	if warning != "" {
		t.Warnings = append(t.Warnings, warning)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = comma(text)
	r.FieldsPerRecord = -1
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t.finish()
		}
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, "The file is no CSV: "+csvWords(err), err)
		}
		line, _ := r.FieldPos(0)
		if err := t.add(Row{Number: line, Cells: cells}); err != nil {
			return nil, err
		}
	}
}

func csvWords(err error) string {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return fmt.Sprintf("line %d, character %d: %v.", p.Line, p.Column, p.Err)
	}
	return "it cannot be read."
}

// decode gives UTF-8. Excel in England writes Windows-1252 unless told otherwise.
func decode(file []byte) (text []byte, warning string, err error) {
	switch {
	case bytes.HasPrefix(file, []byte("\xef\xbb\xbf")):
		file = file[3:]
	case bytes.HasPrefix(file, []byte("\xff\xfe")), bytes.HasPrefix(file, []byte("\xfe\xff")):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(file)
		if err != nil {
			return nil, "", fault.Wrap(fault.Invalid, "The file says that it is UTF-16 and is not.", err)
		}
		file = out
	}
	if bytes.IndexByte(file, 0) >= 0 {
		return nil, "", fault.New(fault.Invalid, "This is neither a CSV nor an XLSX file.")
	}
	if utf8.Valid(file) {
		return file, "", nil
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(file)
	if err != nil {
		return nil, "", fault.Wrap(fault.Invalid, "The file's characters cannot be read. Save it as CSV UTF-8.", err)
	}
	return out, "The file is not UTF-8. It was read as Windows-1252: look at names with accents.", nil
}

// comma is the sign between cells: the one that the first line with words has most of.
func comma(text []byte) rune {
	var line string
	for l := range strings.Lines(string(text)) {
		if strings.Trim(l, " ,;\t|\r\n\"") != "" {
			line = l
			break
		}
	}
	best, most := ',', strings.Count(line, ",")
	for _, c := range []rune{';', '\t', '|'} {
		if n := strings.Count(line, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

func readWorkbook(ctx context.Context, file []byte) (*Table, error) {
	book, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{UnzipSizeLimit: 1 << 30, UnzipXMLSizeLimit: 64 << 20, RawCellValue: true})
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The workbook cannot be opened. It may be damaged or have a password.", err)
	}
	defer func() { _ = book.Close() }()
	t := &Table{}
	for _, name := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(name); err == nil && visible {
			t.Sheet = name
			break
		}
	}
	if t.Sheet == "" {
		return nil, fault.New(fault.Invalid, "The workbook has no sheet that can be seen.")
	}
	if n := len(book.GetSheetList()); n > 1 {
		t.Warnings = append(t.Warnings, fmt.Sprintf("The workbook has %d sheets; only %q was read.", n, t.Sheet))
	}
	rows, err := book.Rows(t.Sheet)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The sheet cannot be read.", err)
	}
	defer func() { _ = rows.Close() }()
	for number := 1; rows.Next(); number++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		cells, err := rows.Columns()
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("Row %d of the sheet cannot be read.", number), err)
		}
		if err := t.add(Row{Number: number, Cells: cells}); err != nil {
			return nil, err
		}
	}
	if err := rows.Error(); err != nil {
		return nil, fault.Wrap(fault.Invalid, "The sheet cannot be read to its end.", err)
	}
	marked, err := formulas(ctx, file, t.Sheet)
	if err != nil {
		return nil, err
	}
	for i := range t.Rows {
		n := t.Rows[i].Number
		t.Rows[i].Formula, t.Rows[i].Merged = marked.formula[n], marked.merged[n]
	}
	return t.finish()
}

func (t *Table) add(r Row) error {
	blank := true
	for i, c := range r.Cells {
		r.Cells[i] = strings.TrimSpace(c)
		if r.Cells[i] != "" {
			blank = false
		}
		if len(c) > maxCell {
			return fault.Newf(fault.Invalid, "Row %d, column %d holds more than %d characters. Is it one line?", r.Number, i+1, maxCell)
		}
	}
	switch {
	case blank:
		return nil
	case len(r.Cells) > maxColumns:
		return fault.Newf(fault.Invalid, "Row %d has more than %d columns.", r.Number, maxColumns)
	case len(t.Rows) >= maxRows:
		return fault.Newf(fault.Invalid, "The file has more than %d rows.", maxRows)
	}
	if t.Headings == nil {
		t.Headings = r.Cells
		return nil
	}
	t.Rows = append(t.Rows, r)
	return nil
}

func (t *Table) finish() (*Table, error) {
	switch {
	case t.Headings == nil:
		return nil, fault.New(fault.Invalid, "The file is empty.")
	case len(t.Rows) == 0:
		return nil, fault.New(fault.Invalid, "The file has headings and no rows.")
	}
	return t, nil
}
