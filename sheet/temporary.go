package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// room makes a folder for the parts of a workbook that are too large for memory, and sees to it that the disk takes
// them; "" if there are none. The library goes on without a word where its own writes fail, and would then give
// numbers instead of texts. An error is the disk's.
func room(z *zip.Reader) (dir string, err error) {
	need := int64(0)
	for _, p := range z.File {
		if p.UncompressedSize64 <= maxPart {
			continue
		}
		need += int64(p.UncompressedSize64) //nolint:gosec // at most maxUnpacked, see checkParts
		if strings.HasSuffix(strings.ToLower(p.Name), "sharedstrings.xml") {
			need += int64(p.UncompressedSize64) //nolint:gosec // once more as texts
		}
	}
	if need == 0 {
		return "", nil
	}
	if dir, err = os.MkdirTemp("", "kizashi-xlsx-*"); err == nil {
		err = reserve(dir, need)
	}
	if err != nil {
		return "", fmt.Errorf("sheet: make room for %d bytes: %w", need, errors.Join(err, os.RemoveAll(dir)))
	}
	return dir, nil
}

// reserve tries whether a folder takes so many bytes, by writing them.
func reserve(dir string, bytes int64) error {
	f, err := os.CreateTemp(dir, "room-*")
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, blank{}, bytes)
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

// blank reads as zeros without end.
type blank struct{}

func (blank) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
