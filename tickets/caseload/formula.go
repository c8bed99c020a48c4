package caseload

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"

	"hearback/tickets/fault"
)

// formulas finds the cells of a sheet whose value is worked out: by row number,
// the columns from 0. What a formula gave when the file was saved may not be what
// it gives now, and it may fetch what it shows from somewhere else.
// (excelize answers this cell by cell, each time from the first row on.)
func formulas(ctx context.Context, file []byte, sheet string) (map[int][]int, error) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The workbook cannot be opened.", err)
	}
	name, err := sheetFile(z, sheet)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The workbook's list of sheets cannot be read.", err)
	}
	f, err := z.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The sheet cannot be found in the workbook.", err)
	}
	defer func() { _ = f.Close() }()
	out := map[int][]int{}
	d := xml.NewDecoder(io.LimitReader(f, 1<<30))
	at := ""
	for n := 0; ; n++ {
		if n%10_000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, "The sheet cannot be read.", err)
		}
		start, is := token.(xml.StartElement)
		if !is {
			continue
		}
		switch start.Name.Local {
		case "c":
			at = attribute(start, "r")
		case "f":
			if col, row, err := excelize.CellNameToCoordinates(at); err == nil {
				out[row] = append(out[row], col-1)
			}
		}
	}
}

func sheetFile(z *zip.Reader, sheet string) (string, error) {
	id := ""
	err := elements(z, "xl/workbook.xml", "sheet", func(e xml.StartElement) {
		if attribute(e, "name") == sheet {
			id = attribute(e, "id")
		}
	})
	if err != nil {
		return "", err
	}
	target := ""
	err = elements(z, "xl/_rels/workbook.xml.rels", "Relationship", func(e xml.StartElement) {
		if attribute(e, "Id") == id {
			target = attribute(e, "Target")
		}
	})
	if err != nil {
		return "", err
	}
	if target == "" {
		return "", errors.New("no file for the sheet")
	}
	if rooted, is := strings.CutPrefix(target, "/"); is {
		return rooted, nil
	}
	return path.Join("xl", target), nil
}

func elements(z *zip.Reader, name, element string, each func(xml.StartElement)) error {
	f, err := z.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	d := xml.NewDecoder(io.LimitReader(f, 16<<20))
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if start, is := token.(xml.StartElement); is && start.Name.Local == element {
			each(start)
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
