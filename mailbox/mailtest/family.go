package mailtest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Family is somebody who writes to the team about a child.
type Family struct {
	Name    string // of the adult
	Address string
	Child   string // first name
	Surname string // of the child
}

func firstNames() []string {
	return strings.Fields("Aisha Aneta Björn Bronwen Carys Chidi Chloé Dafydd Daniel Elif Emeka Fatima Gareth Gwen Hannah Ibrahim " +
		"Ines Ivana Joanna João Jürgen Karolina Kezia Leanne Liam Marek María Maryam Megan Niamh Nikhil Oluwaseun Priya Renée Rhys " +
		"Rosa Ruth Saoirse Siân Søren Tariq Tomasz Viktória Wei Xiaoming Yasmin Zoë Мария Олена")
}

func surnames() []string {
	return strings.Fields("Abara Ahmed Åkesson Baptiste Begum Bevan Bhatt Chowdhury Cruz Dhillon Duarte Dvořák Eze Fairhurst Farah " +
		"García Gwilym Hartley Hussain Ivanova Jankowski Jensen Kaur Kowalska Llewellyn Lowe Mbeki Müller Nowak O'Brien O'Hara " +
		"Okafor Oyelaran Patel Pereira Prescott Quigley Rahman Rossi Shevchenko Silva Sutcliffe Tremblay Uddin Vaughan Whitworth Yılmaz Zielińska")
}

func childNames() []string {
	return strings.Fields("Amir Bea Callum Dilys Ewan Freya Gethin Hamza Imogen Jaya Kofi Lowri Mabel Nadia Osian Poppy Quentin Rafi " +
		"Seren Theo Una Vincent Wren Yusuf Zofia")
}

// Families makes n families; the same seed and number give the same ones. Their
// addresses differ, their domains end in .example.
func Families(seed int64, n int) []Family {
	r := random(seed, 'f')
	families := make([]Family, n)
	for i := range families {
		first, last := pick(r, firstNames()), pick(r, surnames())
		families[i] = Family{
			Name:    first + " " + last,
			Address: fmt.Sprintf("%s.%s%d@%s", asciiName(first), asciiName(last), i+1, pick(r, providers())),
			Child:   pick(r, childNames()),
			Surname: last,
		}
	}
	return families
}

func providers() []string {
	return []string{"homemail.example", "postbox.example", "familynet.example", "brightmail.example", "valley-isp.example"}
}

// asciiName keeps what may stand in the local part of any address.
func asciiName(name string) string {
	name = strings.NewReplacer("ö", "o", "é", "e", "ü", "u", "á", "a", "í", "i", "ã", "a", "ø", "o", "ë", "e", "â", "a", "ń", "n",
		"ř", "r", "ł", "l", "Å", "A", "ı", "i", "ó", "o").Replace(name)
	name = strings.ToLower(strings.Map(func(c rune) rune {
		if c > 0x7e || c == '\'' {
			return -1
		}
		return c
	}, name))
	if name == "" {
		return "family" // a name in another script
	}
	return name
}

// random gives a source that depends on seed and purpose alone, also on other
// machines and in later versions of Go (math/rand/v2 promises so for PCG).
func random(seed int64, purpose rune) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(seed), uint64(purpose)))
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
