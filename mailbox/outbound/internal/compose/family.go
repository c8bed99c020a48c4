package compose

import (
	"maps"

	"hearback/tickets"
	"hearback/tickets/wording"
)

// family makes the text of an automatic letter to a family, school or stranger, in
// the council's words where it has its own. What has no number goes as a receipt
// and nothing else does: the guard judges the two by different rules.
func family(claim *tickets.Claim) (text, standing string, err error) {
	o := claim.Letter
	purpose := tickets.PurposeAck
	if o.Template == wording.Receipt || o.Template == wording.ReceiptNeutral {
		purpose = tickets.PurposeReceipt
	}
	if o.Purpose != purpose {
		return "", "", invalid("template %q is none for purpose %q", o.Template, o.Purpose)
	}
	values, words := maps.Clone(o.Fields), claim.Wording
	if _, own := values[tickets.FieldWording]; own {
		if words.Body == "" {
			return "", "", invalid("the words of outgoing %d cannot be found", o.ID)
		}
		delete(values, tickets.FieldWording)
	} else if words, err = wording.Standard(o.Template); err != nil {
		return "", "", invalid("outgoing %d: %w", o.ID, err)
	}
	if text, standing, err = wording.Render(o.Template, words, values); err != nil {
		return "", "", invalid("outgoing %d: %w", o.ID, err)
	}
	return text, standing, nil
}
