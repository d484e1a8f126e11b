package app

import "runtime/debug"

// version is what the makefile stamps in: the tag and commit that the program was built from.
var version string

// Version names the version of the program: as stamped in, else the commit that Go knows of, else "dev".
func Version() string {
	if version != "" {
		return version
	}
	info, known := debug.ReadBuildInfo()
	if !known {
		return "dev"
	}
	commit, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "-dirty"
		}
	}
	if commit == "" {
		return "dev"
	}
	return commit + changed
}
