package imports

// JobKey is the key of the job that works on the import while it is Running or Undoing.
func (m Import) JobKey() string {
	if m.State == Undoing {
		return undoKey(m.ID)
	}
	return jobKey(m.ID)
}
