-- The tables of the engine. Ids are 64-bit and time-ordered; times are ms UTC, 0 = never.
-- {int} {bytes} {real} {strict} {pk} and {sqlite:…}{postgres:…} are filled in by package db.

-- value: '' where the initial one counts again; former: what it was before, for the way back
CREATE TABLE setting (
  name TEXT PRIMARY KEY, value TEXT NOT NULL, former TEXT NOT NULL DEFAULT '', changed_at {int} NOT NULL DEFAULT 0
) {strict};

-- member: users of the product and their keys
CREATE TABLE account (
  id {pk}, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
  password TEXT NOT NULL, lang TEXT NOT NULL DEFAULT '', team {int} NOT NULL DEFAULT 0,
  created_at {int} NOT NULL, disabled_at {int} NOT NULL DEFAULT 0
) {strict};
CREATE TABLE team (id {pk}, name TEXT NOT NULL UNIQUE, created_at {int} NOT NULL) {strict};
CREATE TABLE session (
  id {pk}, hash {bytes} NOT NULL UNIQUE, account {int} NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL,
  created_at {int} NOT NULL, seen_at {int} NOT NULL, ended_at {int} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX session_account ON session (account, id);
CREATE INDEX session_seen ON session (seen_at);
CREATE TABLE throttle (name TEXT PRIMARY KEY, failures {int} NOT NULL, last_at {int} NOT NULL) {strict};
CREATE INDEX throttle_last ON throttle (last_at);
CREATE TABLE totp (
  account {pk}, secret TEXT NOT NULL, step {int} NOT NULL, created_at {int} NOT NULL
) {strict};
CREATE TABLE recovery_code (hash {bytes} PRIMARY KEY, account {int} NOT NULL) {strict};
CREATE INDEX recovery_code_of ON recovery_code (account);
CREATE TABLE passkey (
  id {pk}, account {int} NOT NULL, credential {bytes} NOT NULL UNIQUE, name TEXT NOT NULL, data TEXT NOT NULL,
  created_at {int} NOT NULL, used_at {int} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX passkey_account ON passkey (account, id);
-- who an account is at an OpenID Connect provider
CREATE TABLE account_identity (
  issuer TEXT NOT NULL, subject TEXT NOT NULL, account {int} NOT NULL, created_at {int} NOT NULL,
  PRIMARY KEY (issuer, subject)
) {strict};
CREATE TABLE invitation (
  id {pk}, hash {bytes} NOT NULL UNIQUE, email TEXT NOT NULL, role TEXT NOT NULL, team {int} NOT NULL DEFAULT 0,
  host {int} NOT NULL, created_at {int} NOT NULL, expires_at {int} NOT NULL,
  account {int} NOT NULL DEFAULT 0, ended_at {int} NOT NULL DEFAULT 0
) {strict};
-- how somebody likes to see things, by name
CREATE TABLE preference (
  account {int} NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (account, name)
) {sqlite:STRICT, WITHOUT ROWID};
-- ticket: what a browser brings back within minutes, once
CREATE TABLE ticket (
  hash {bytes} PRIMARY KEY, kind TEXT NOT NULL, account {int} NOT NULL, data TEXT NOT NULL, expires_at {int} NOT NULL
) {strict};
CREATE INDEX ticket_expires ON ticket (expires_at);
CREATE TABLE api_key (
  id {pk}, name TEXT NOT NULL, role TEXT NOT NULL, hash {bytes} NOT NULL UNIQUE,
  created_at {int} NOT NULL, revoked_at {int} NOT NULL DEFAULT 0,
  expires_at {int} NOT NULL DEFAULT 0, used_at {int} NOT NULL DEFAULT 0
) {strict};
CREATE TABLE audit (
  id {pk}, at {int} NOT NULL, who {int} NOT NULL, who_name TEXT NOT NULL, role TEXT NOT NULL,
  command TEXT NOT NULL, target {int} NOT NULL, detail TEXT NOT NULL
) {strict};
CREATE INDEX audit_target ON audit (target, id);
CREATE INDEX audit_who ON audit (who, id);
CREATE INDEX audit_command ON audit (command, id);
CREATE INDEX audit_export ON audit (id) WHERE command = 'lead.export';

-- job: durable work. run_at of a running job is the end of its lease, claim tells who holds it
CREATE TABLE job (
  id {pk}, kind TEXT NOT NULL, key TEXT UNIQUE, payload TEXT NOT NULL,
  run_at {int} NOT NULL, state TEXT NOT NULL, attempts {int} NOT NULL DEFAULT 0,
  claim {int} NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
  place TEXT NOT NULL DEFAULT '', done {int} NOT NULL DEFAULT 0, total {int} NOT NULL DEFAULT 0,
  created_at {int} NOT NULL, ended_at {int} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX job_ready ON job (run_at, id) WHERE state IN ('ready', 'running');

-- company
CREATE TABLE company (
  id {pk}, name TEXT NOT NULL, key TEXT NOT NULL, number TEXT NOT NULL DEFAULT '',
  domain TEXT NOT NULL DEFAULT '', phone TEXT NOT NULL DEFAULT '', postal TEXT NOT NULL DEFAULT '',
  address TEXT NOT NULL DEFAULT '', url TEXT NOT NULL DEFAULT '',
  industry TEXT NOT NULL DEFAULT '', size {int} NOT NULL DEFAULT 0, tier {int} NOT NULL DEFAULT 0,
  competitor {int} NOT NULL DEFAULT 0, created_at {int} NOT NULL, updated_at {int} NOT NULL,
  listed {int} NOT NULL DEFAULT 0, -- a competitor by the list of domains, not by hand
  merged_into {int} NOT NULL DEFAULT 0,
  -- its people taken together, kept by fold: measured again at heat_due
  heat {int} NOT NULL DEFAULT 0, people {int} NOT NULL DEFAULT 0, engaged {int} NOT NULL DEFAULT 0,
  hot {int} NOT NULL DEFAULT 0, warm {int} NOT NULL DEFAULT 0, roles {int} NOT NULL DEFAULT 0,
  last_at {int} NOT NULL DEFAULT 0, heat_due {int} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX company_tier ON company (tier, id) WHERE tier <> 0;
CREATE INDEX company_key ON company (key, id);
CREATE INDEX company_rival ON company (id) WHERE competitor = 1;
CREATE INDEX company_listed ON company (id) WHERE listed = 1;
CREATE INDEX company_heat ON company (heat, id);
CREATE INDEX company_people ON company (people, id);
CREATE INDEX company_heat_due ON company (heat_due) WHERE heat_due < 9000000000000000;
-- how far the log has been read for heat; one row
CREATE TABLE heat_mark (id {pk}, event {int} NOT NULL) {strict};
CREATE INDEX company_number ON company (number) WHERE number <> '';
CREATE TABLE company_domain (domain TEXT PRIMARY KEY, company {int} NOT NULL) {sqlite:STRICT, WITHOUT ROWID};
CREATE INDEX company_domain_of ON company_domain (company);
CREATE TABLE company_merge (
  id {pk}, winner {int} NOT NULL, loser {int} NOT NULL, at {int} NOT NULL,
  undone_at {int} NOT NULL DEFAULT 0, before TEXT NOT NULL
) {strict};
CREATE INDEX company_merge_loser ON company_merge (loser, id);
CREATE INDEX company_merge_winner ON company_merge (winner, id);
-- the setting target_industries, for rules; these are its default
CREATE TABLE target_industry (code TEXT PRIMARY KEY) {sqlite:STRICT, WITHOUT ROWID};
INSERT INTO target_industry (code) VALUES ('E'), ('G'), ('I'), ('J');
{sqlite:CREATE VIRTUAL TABLE company_search USING fts5(grams, content='', contentless_delete=1, detail=none, tokenize="ascii");
INSERT INTO company_search (company_search, rank) VALUES ('automerge', 16);}
{postgres:CREATE TABLE company_search (rowid bigint PRIMARY KEY, grams text[] NOT NULL);
CREATE INDEX company_search_grams ON company_search USING gin (grams) WITH (gin_pending_list_limit = 256);}

-- lead
CREATE TABLE lead (
  id {pk}, company {int} NOT NULL DEFAULT 0, name TEXT NOT NULL DEFAULT '',
  last_name TEXT NOT NULL DEFAULT '', first_name TEXT NOT NULL DEFAULT '', kana TEXT NOT NULL DEFAULT '',
  name_key TEXT NOT NULL DEFAULT '', kana_key TEXT NOT NULL DEFAULT '', email TEXT NOT NULL DEFAULT '',
  phone TEXT NOT NULL DEFAULT '', mobile TEXT NOT NULL DEFAULT '',
  department TEXT NOT NULL DEFAULT '', title TEXT NOT NULL DEFAULT '', rank {int} NOT NULL DEFAULT 0,
  postal TEXT NOT NULL DEFAULT '', prefecture TEXT NOT NULL DEFAULT '', address TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '', tags TEXT NOT NULL DEFAULT '', status TEXT NOT NULL DEFAULT 'untouched',
  owner {int} NOT NULL DEFAULT 0, corporate_mail {int} NOT NULL DEFAULT 0,
  excluded TEXT NOT NULL DEFAULT '',
  listed TEXT NOT NULL DEFAULT '', -- the exclusion that the lists of domains asked for; excluded may differ by hand
  rank_set {int} NOT NULL DEFAULT 0, -- the rank was set by hand
  bant {int} NOT NULL DEFAULT 0, wake_at {int} NOT NULL DEFAULT 0,
  props TEXT NOT NULL DEFAULT '{}', gone TEXT NOT NULL DEFAULT '', merged_into {int} NOT NULL DEFAULT 0,
  created_at {int} NOT NULL, updated_at {int} NOT NULL,
  -- kept by task: when we last contacted them, their earliest open step, by when somebody hot is answered
  touched_at {int} NOT NULL DEFAULT 0, next_at {int} NOT NULL DEFAULT 0, answer_by {int} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX lead_owner ON lead (owner, touched_at) WHERE owner <> 0;
CREATE INDEX lead_company ON lead (company, name_key) WHERE company <> 0;
CREATE INDEX lead_kana ON lead (company, kana_key) WHERE company <> 0 AND kana_key <> '';
CREATE INDEX lead_name ON lead (name, id);
CREATE TABLE lead_phone (phone TEXT NOT NULL, lead {int} NOT NULL, PRIMARY KEY (phone, lead)) {sqlite:STRICT, WITHOUT ROWID};
CREATE INDEX lead_phone_of ON lead_phone (lead);
-- an identity without a lead is an anonymous visitor: its events stand under its own id;
-- via is the identity (or lead) that tied it to its lead, 0 if it came by itself
CREATE TABLE identity (
  id {pk}, kind TEXT NOT NULL, value TEXT NOT NULL, lead {int} NOT NULL DEFAULT 0,
  via {int} NOT NULL DEFAULT 0, created_at {int} NOT NULL, UNIQUE (kind, value)
) {strict};
CREATE INDEX identity_lead ON identity (lead) WHERE lead <> 0;
CREATE TABLE lead_merge (
  id {pk}, winner {int} NOT NULL, loser {int} NOT NULL, at {int} NOT NULL,
  undone_at {int} NOT NULL DEFAULT 0, before TEXT NOT NULL
) {strict};
CREATE INDEX lead_merge_winner ON lead_merge (winner, id);
CREATE INDEX lead_merge_loser ON lead_merge (loser, id);
CREATE TABLE duplicate (
  a {int} NOT NULL, b {int} NOT NULL, why TEXT NOT NULL, at {int} NOT NULL,
  decided_at {int} NOT NULL DEFAULT 0, decision TEXT NOT NULL DEFAULT '', PRIMARY KEY (a, b)
) {strict};
CREATE INDEX duplicate_b ON duplicate (b);
CREATE TABLE hearing (
  id {pk}, lead {int} NOT NULL, item TEXT NOT NULL, value TEXT NOT NULL,
  source TEXT NOT NULL, at {int} NOT NULL, who {int} NOT NULL
) {strict};
CREATE INDEX hearing_lead ON hearing (lead, id);
-- two-character search: the application writes the bigrams, of letters and digits alone; few merges, for an
-- import writes many
{sqlite:CREATE VIRTUAL TABLE lead_search USING fts5(grams, content='', contentless_delete=1, detail=none, tokenize="ascii");
INSERT INTO lead_search (lead_search, rank) VALUES ('automerge', 16);}
{postgres:CREATE TABLE lead_search (rowid bigint PRIMARY KEY, grams text[] NOT NULL);
CREATE INDEX lead_search_grams ON lead_search USING gin (grams) WITH (gin_pending_list_limit = 256);}

-- consent: append only
CREATE TABLE consent (
  id {pk}, lead {int} NOT NULL, purpose TEXT NOT NULL, basis TEXT NOT NULL, granted {int} NOT NULL,
  source TEXT NOT NULL, wording TEXT NOT NULL DEFAULT '', at {int} NOT NULL
) {strict};
CREATE INDEX consent_lead ON consent (lead, id);

-- event: the log. lead is resolved (merge and joining move it), who is where it came from and stays
CREATE TABLE kind (id {pk}, name TEXT NOT NULL UNIQUE) {strict};
CREATE TABLE event (
  id {pk}, at {int} NOT NULL, lead {int} NOT NULL, who {int} NOT NULL, kind {int} NOT NULL,
  tag {int} NOT NULL DEFAULT 0, class {int} NOT NULL DEFAULT 0, channel TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '', marks {int} NOT NULL DEFAULT 0,
  props TEXT NOT NULL DEFAULT ''
) {sqlite:STRICT}{postgres:PARTITION BY RANGE (id)};
CREATE INDEX event_lead ON event (lead, at, id);
CREATE INDEX event_kind ON event (kind, at, lead);
CREATE INDEX event_tag ON event (tag, at, lead) WHERE tag <> 0;
{postgres:CREATE TABLE event_rest PARTITION OF event DEFAULT;}
-- key: by the time that a message id tells and its hash
CREATE TABLE seen_message (key {pk}, event {int} NOT NULL) {strict};
-- events that broke the fold of their lead: kept, not counted
CREATE TABLE event_aside (event {pk}, at {int} NOT NULL, error TEXT NOT NULL) {strict};

-- fold: state
CREATE TABLE lead_state (
  lead {pk}, due_at {int} NOT NULL, settled_at {int} NOT NULL, temperature TEXT NOT NULL,
  fit TEXT NOT NULL, fit_points {int} NOT NULL, stage TEXT NOT NULL, stage_at {int} NOT NULL,
  cools_at {real} NOT NULL, priority {real} NOT NULL, today {int} NOT NULL,
  last_at {int} NOT NULL, data {bytes} NOT NULL
) {strict};
CREATE INDEX lead_state_due ON lead_state (due_at) WHERE due_at < 9000000000000000;
CREATE INDEX lead_state_cools ON lead_state (cools_at, lead) WHERE cools_at <> 0;
CREATE INDEX lead_state_today ON lead_state (priority, lead) WHERE today = 1;
CREATE INDEX lead_state_working ON lead_state (lead) WHERE stage IN ('mql', 'tql', 'sal', 'sql');
CREATE TABLE reaction (
  id {pk}, at {int} NOT NULL, lead {int} NOT NULL, kind TEXT NOT NULL, ref {int} NOT NULL, data TEXT NOT NULL
) {strict};
CREATE INDEX reaction_lead ON reaction (lead, id);
CREATE INDEX reaction_segment ON reaction (ref, kind, id) WHERE kind IN ('segment_in', 'segment_out');

-- score, segment, stage
CREATE TABLE model (
  id {pk}, version {int} NOT NULL, status TEXT NOT NULL, source TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
  created_at {int} NOT NULL, published_at {int} NOT NULL DEFAULT 0
) {strict};
CREATE TABLE segment (
  id {pk}, name TEXT NOT NULL, rule TEXT NOT NULL, version {int} NOT NULL, ready {int} NOT NULL DEFAULT 0,
  members {int} NOT NULL DEFAULT 0, created_at {int} NOT NULL, updated_at {int} NOT NULL, gone_at {int} NOT NULL DEFAULT 0
) {strict};
CREATE TABLE segment_member (
  segment {int} NOT NULL, lead {int} NOT NULL, since {int} NOT NULL, PRIMARY KEY (segment, lead)
) {sqlite:STRICT, WITHOUT ROWID};
CREATE INDEX segment_member_lead ON segment_member (lead);
-- a way to look at the leads that somebody kept: for themselves, or for all
CREATE TABLE lead_view (
  id {pk}, account {int} NOT NULL, shared {int} NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL,
  created_at {int} NOT NULL, updated_at {int} NOT NULL, gone_at {int} NOT NULL DEFAULT 0
) {strict};
CREATE TABLE stage_change (
  id {pk}, lead {int} NOT NULL, at {int} NOT NULL, was TEXT NOT NULL, became TEXT NOT NULL,
  who {int} NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL DEFAULT ''
) {strict};
CREATE INDEX stage_change_lead ON stage_change (lead, id);
CREATE TABLE handover (
  id {pk}, lead {int} NOT NULL, state TEXT NOT NULL, offered_at {int} NOT NULL, due_at {int} NOT NULL,
  answered_at {int} NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
  who {int} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX handover_lead ON handover (lead, id);
CREATE INDEX handover_waiting ON handover (due_at, id) WHERE state IN ('offered', 'expired');

-- task: what a person is to do, what they did, what they should know
CREATE TABLE task (
  id {pk}, lead {int} NOT NULL, kind TEXT NOT NULL, due_at {int} NOT NULL, all_day {int} NOT NULL,
  owner {int} NOT NULL, note TEXT NOT NULL, made_by {int} NOT NULL, created_at {int} NOT NULL,
  state TEXT NOT NULL DEFAULT 'open', ended_at {int} NOT NULL DEFAULT 0, ended_by {int} NOT NULL DEFAULT 0,
  result TEXT NOT NULL DEFAULT ''
) {strict};
CREATE INDEX task_lead ON task (lead, due_at, id);
CREATE INDEX task_owner ON task (owner, due_at, id) WHERE state = 'open';
CREATE INDEX task_due ON task (due_at, id) WHERE state = 'open';
-- an activity bears the id of its event
CREATE TABLE activity (
  id {pk}, lead {int} NOT NULL, kind TEXT NOT NULL, result TEXT NOT NULL, who {int} NOT NULL,
  logged_at {int} NOT NULL, before TEXT NOT NULL
) {strict};
CREATE INDEX activity_lead ON activity (lead, id);
CREATE INDEX activity_who ON activity (who, logged_at);
CREATE TABLE notice (
  id {pk}, account {int} NOT NULL, kind TEXT NOT NULL, lead {int} NOT NULL, args TEXT NOT NULL,
  at {int} NOT NULL, read_at {int} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX notice_account ON notice (account, id);
CREATE INDEX notice_unread ON notice (account, id) WHERE read_at = 0;
CREATE INDEX notice_lead ON notice (lead, kind, at);

-- bulk: one change of many leads, and what each was like before
CREATE TABLE bulk (
  id {pk}, act TEXT NOT NULL, who {int} NOT NULL, state TEXT NOT NULL, total {int} NOT NULL,
  created_at {int} NOT NULL, ended_at {int} NOT NULL DEFAULT 0
) {strict};
CREATE TABLE bulk_lead (
  bulk {int} NOT NULL, lead {int} NOT NULL, state TEXT NOT NULL DEFAULT '', before TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (bulk, lead)
) {sqlite:STRICT, WITHOUT ROWID};
CREATE INDEX bulk_lead_state ON bulk_lead (bulk, state, lead);

-- imports
CREATE TABLE contact_import (
  id {pk}, name TEXT NOT NULL, digest TEXT NOT NULL, file TEXT NOT NULL, basis TEXT NOT NULL,
  mapping TEXT NOT NULL, state TEXT NOT NULL, place {int} NOT NULL DEFAULT 0,
  rows_read {int} NOT NULL DEFAULT 0, rows_new {int} NOT NULL DEFAULT 0, rows_updated {int} NOT NULL DEFAULT 0,
  rows_merged {int} NOT NULL DEFAULT 0, rows_same {int} NOT NULL DEFAULT 0, rows_refused {int} NOT NULL DEFAULT 0,
  rows_unowned {int} NOT NULL DEFAULT 0, rows_total {int} NOT NULL DEFAULT 0, overwrite {int} NOT NULL DEFAULT 0,
  who {int} NOT NULL, created_at {int} NOT NULL, ended_at {int} NOT NULL DEFAULT 0, undone_at {int} NOT NULL DEFAULT 0
) {strict};
CREATE INDEX contact_import_digest ON contact_import (digest);
-- stored files whose import is not started yet; basis '' is not asked yet, 'none' that there is none
CREATE TABLE import_draft (
  id {pk}, name TEXT NOT NULL, digest TEXT NOT NULL, bytes {int} NOT NULL, who {int} NOT NULL,
  mapping TEXT NOT NULL, basis TEXT NOT NULL DEFAULT '', overwrite {int} NOT NULL DEFAULT 0, created_at {int} NOT NULL
) {strict};
CREATE INDEX import_draft_who ON import_draft (who, id);
CREATE TABLE import_row (
  import {int} NOT NULL, row {int} NOT NULL, lead {int} NOT NULL, action TEXT NOT NULL, before TEXT NOT NULL,
  PRIMARY KEY (import, row)
) {sqlite:STRICT, WITHOUT ROWID};
CREATE TABLE import_company (
  import {int} NOT NULL, number {int} NOT NULL, company {int} NOT NULL, undo TEXT NOT NULL,
  PRIMARY KEY (import, number)
) {sqlite:STRICT, WITHOUT ROWID};
CREATE TABLE import_refusal (
  import {int} NOT NULL, row {int} NOT NULL, col TEXT NOT NULL, reason TEXT NOT NULL, args TEXT NOT NULL,
  PRIMARY KEY (import, row)
) {sqlite:STRICT, WITHOUT ROWID};
