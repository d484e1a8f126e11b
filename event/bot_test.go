package event

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const (
	chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
	iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)

// X11: the class of a hit, beside the raw event.
func TestClassify(t *testing.T) {
	google := "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
	proxy := "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
	tests := []struct {
		name string
		hit  Hit
		want Class
	}{
		{"Chrome", Hit{UserAgent: chrome}, Human},
		{"iPhone", Hit{UserAgent: iphone, Method: "GET"}, Human},
		{"Edge", Hit{UserAgent: chrome + " Edg/140.0.0.0"}, Human},
		{"Firefox", Hit{UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"}, Human},
		{"LINE on a phone", Hit{UserAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari Line/14.5.0"}, Human},
		{"Outlook on Windows", Hit{UserAgent: "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; Microsoft Outlook 16.0)", Mail: true}, Human},
		{"a phone called Cubot", Hit{UserAgent: "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"}, Human},
		{"Googlebot", Hit{UserAgent: google}, Bot},
		{"Googlebot on a mail's link", Hit{UserAgent: google, Mail: true}, Scanner},
		{"curl", Hit{UserAgent: "curl/8.5.0"}, Bot},
		{"Python", Hit{UserAgent: "python-requests/2.32"}, Bot},
		{"headless Chrome", Hit{UserAgent: strings.Replace(chrome, "Chrome/", "HeadlessChrome/", 1)}, Bot},
		{"empty", Hit{}, Bot},
		{"blank", Hit{UserAgent: "  "}, Bot},
		{"empty on a mail's link", Hit{Mail: true}, Scanner},
		{"HEAD", Hit{UserAgent: chrome, Method: "HEAD"}, Scanner},
		{"prefetch", Hit{UserAgent: chrome, Purpose: "prefetch;prerender"}, Bot},
		{"Barracuda", Hit{UserAgent: "Barracuda Sentinel (EE)"}, Scanner},
		{"BingPreview", Hit{UserAgent: chrome + " BingPreview/1.0b"}, Scanner},
		{"Mimecast", Hit{UserAgent: "Mozilla/5.0 (compatible; Mimecast-URL-Protect)"}, Scanner},
		{"Apple's prefetch of mail", Hit{UserAgent: "Mozilla/5.0", Mail: true}, Scanner},
		{"Gmail's picture proxy", Hit{UserAgent: proxy, Mail: true}, Human},
		{"a picture proxy on a site", Hit{UserAgent: proxy}, Bot},
		{"too long", Hit{UserAgent: chrome + strings.Repeat(" x", 1<<20)}, Human},
	}
	for _, tt := range tests {
		if got := Classify(tt.hit); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestClassByName(t *testing.T) {
	for _, c := range append([]Class{Excess}, Classes...) {
		if got, ok := ParseClass(c.String()); !ok || got != c {
			t.Errorf("ParseClass(%q) = %v, %v", c, got, ok)
		}
	}
	if _, ok := ParseClass("robot"); ok {
		t.Error("robot is a class")
	}
}

// The words and shapes answer as isbot itself does, on user agents put together at random.
func TestAsIsbot(t *testing.T) {
	agents := []string{"", chrome, iphone, "Mozilla/5.0", "curl/8", "a b/1.0;", "foo; bar;", "x@example.com", "12 monkeys", "webkit/1.0;x"}
	pieces := []string{
		"Mozilla/5.0 ", "(Windows NT 10.0)", "(compatible; MSIE 7.0)", "cubot", " cubot ", "bot", "bots_", "robots", "Google", "google/google", "GoogleApp", " channel/google",
		"news", "gnews", "NewsSapphire", "http", "libhttp", "scan", "CamScanner", "java", "java;", "java/1", "perl", "superlative", ".com", ".community", "node", "anode1", "; x;", "@x.y", "@xx.",
		"time/", "showtime/", "()", "|", "12", "/1.0;", "/2", "_", " ", ";", ",", "search", "agent", "agents", "rss", "abc", "Safari/604.1", "日本", "%", "-", "(", ")", ".", "daum/", " daum ", "ptst/9",
	}
	gen := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 6).Draw(t, "pieces"), "")
	})
	for i := range 3000 {
		agents = append(agents, gen.Example(i))
	}
	want := askIsbot(t, agents)
	for i, agent := range agents {
		if got := isBot(agent); got != want[i] {
			t.Errorf("isBot(%q) = %v, isbot says %v", agent, got, want[i])
		}
	}
}

func askIsbot(t *testing.T, agents []string) []bool {
	t.Helper()
	in, err := json.Marshal(agents)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "-e", `const {isbot}=require("isbot")
process.stdout.write(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).map(a=>isbot(a))))`)
	node.Dir, node.Stdin = "..", bytes.NewReader(in)
	out, err := node.Output()
	if err != nil {
		t.Skip("needs node and npm's isbot (npm ci):", err)
	}
	var want []bool
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	return want
}

func FuzzClassify(f *testing.F) {
	f.Add(chrome, "GET", "")
	f.Add("\xff(", "HEAD", "prefetch")
	f.Fuzz(func(t *testing.T, agent, method, purpose string) {
		if c := Classify(Hit{UserAgent: agent, Method: method, Purpose: purpose}); c > Scanner {
			t.Errorf("class %d", c)
		}
	})
}

func BenchmarkClassify(b *testing.B) {
	for _, tt := range []struct{ name, agent string }{{"chrome", chrome}, {"iphone", iphone}, {"bot", "Mozilla/5.0 (compatible; Googlebot/2.1)"}} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Classify(Hit{UserAgent: tt.agent, Method: "POST"})
			}
		})
	}
}
