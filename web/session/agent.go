package session

import "strings"

// Agent says in short words what a browser calls itself, so that somebody knows
// her own sessions. Nothing is decided by it, and the whole text is not kept.
func Agent(userAgent string) string {
	pick := func(pairs [][2]string, otherwise string) string {
		for _, p := range pairs {
			if strings.Contains(userAgent, p[0]) {
				return p[1]
			}
		}
		return otherwise
	}
	browser := pick([][2]string{
		{"Edg/", "Edge"},
		{"EdgA/", "Edge"},
		{"EdgiOS/", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
	}, "A browser")
	system := pick([][2]string{
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"CrOS", "Chromebook"},
		{"Windows", "Windows"},
		{"Macintosh", "Mac"},
		{"Linux", "Linux"},
	}, "")
	if system == "" {
		return browser
	}
	return browser + " on " + system
}
