package audit

import (
	"iter"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func record(id int64) Record {
	return Record{
		ID: id, At: time.Date(2026, 11, 24, 10, 40, int(id), 0, time.UTC), StaffID: 3, Role: "officer", Action: CaseViewed,
		Object: "WM-2201", CaseID: 7, From: "192.0.2.0/24", Detail: map[string]string{"page": "people", "warned": "protected"},
	}
}

func chain(t interface{ Fatal(...any) }, sizes ...int) []Batch {
	var out []Batch
	var prev *Seal
	id := int64(0)
	for i, n := range sizes {
		var records []Record
		for range n {
			id++
			records = append(records, record(id))
		}
		s, err := NewSeal(prev, records, time.Date(2026, 11, 24, 11, i, 0, 123_456_789, time.FixedZone("BST", 3600)))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, Batch{Seal: s, Records: records})
		prev = &s
	}
	return out
}

func each(batches []Batch) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		for _, b := range batches {
			if !yield(b, nil) {
				return
			}
		}
	}
}

func TestVerify(t *testing.T) {
	rep, err := Verify(each(chain(t, 3, 1, 5)))
	if err != nil || rep.Broken != nil || rep.Seals != 3 || rep.Records != 9 || rep.Last == "" {
		t.Fatalf("%+v, %v", rep, err)
	}
	if rep, err := Verify(each(nil)); err != nil || rep.Broken != nil {
		t.Fatalf("no records: %+v, %v", rep, err)
	}
	if _, err := NewSeal(nil, nil, time.Now()); err == nil {
		t.Error("a seal of nothing")
	}
	if _, err := NewSeal(nil, []Record{record(2), record(1)}, time.Now()); err == nil {
		t.Error("a seal of disorder")
	}
}

// Any one change to any record or seal breaks the chain at that place.
func TestEveryChangeIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batches := chain(t, 2, 3, 2)
		i := rapid.IntRange(0, 2).Draw(t, "batch")
		b := &batches[i]
		r := &b.Records[rapid.IntRange(0, len(b.Records)-1).Draw(t, "record")]
		what := rapid.SampledFrom([]string{
			"at", "staff", "system", "role", "action", "object", "case", "from", "detail", "detail key", "more detail", "id",
			"add", "drop", "drop batch", "hash", "prev", "sealed", "shift",
		}).Draw(t, "what")
		switch what {
		case "at":
			r.At = r.At.Add(time.Microsecond)
		case "staff":
			r.StaffID++
		case "system":
			r.System = "x"
		case "role":
			r.Role = "head"
		case "action":
			r.Action = CaseChanged
		case "object":
			r.Object += " "
		case "case":
			r.CaseID++
		case "from":
			r.From = ""
		case "detail":
			r.Detail["page"] = "history"
		case "detail key":
			delete(r.Detail, "page")
		case "more detail":
			r.Detail["pagepeople"] = ""
		case "id":
			r.ID += 1000
		case "add":
			b.Records = append(b.Records, record(99))
		case "drop":
			b.Records = b.Records[1:]
		case "drop batch":
			if i == 2 {
				t.Skip("a chain cut short is found by its last hash")
			}
			batches = slices.Delete(batches, i, i+1)
		case "hash":
			b.Seal.Hash = "0" + b.Seal.Hash[1:]
			if b.Seal.Hash == chain(t, 2, 3, 2)[i].Seal.Hash {
				t.Skip("it was that already")
			}
		case "prev":
			b.Seal.Prev += "0"
		case "sealed":
			b.Seal.SealedAt = b.Seal.SealedAt.Add(time.Second)
		case "shift": // from one field into its neighbour
			r.Object, r.From = r.Object+"1", r.From[1:]
		}
		rep, err := Verify(each(batches))
		if err != nil || rep.Broken == nil || rep.Seals > int64(i) {
			t.Fatalf("%s of batch %d: %+v, %v", what, i, rep, err)
		}
	})
}
