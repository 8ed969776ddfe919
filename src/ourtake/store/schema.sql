CREATE TABLE acts (
	draft_id VARCHAR NOT NULL,
	number INTEGER NOT NULL,
	document TEXT NOT NULL,
	digest VARCHAR NOT NULL,
	PRIMARY KEY (draft_id, number)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE articles (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	id VARCHAR NOT NULL,
	canonical_url VARCHAR NOT NULL,
	title_hash INTEGER NOT NULL,
	day INTEGER NOT NULL,
	digest BLOB,
	document TEXT NOT NULL,
	UNIQUE (id),
	UNIQUE (canonical_url)
);
CREATE TABLE batches (
	id INTEGER NOT NULL,
	run_id VARCHAR NOT NULL,
	provider VARCHAR NOT NULL,
	model VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	batch_id VARCHAR,
	requests INTEGER NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE calls (
	id INTEGER NOT NULL,
	provider VARCHAR NOT NULL,
	model VARCHAR NOT NULL,
	task VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	started VARCHAR NOT NULL,
	draft_id VARCHAR NOT NULL,
	request_hash VARCHAR NOT NULL,
	attempt INTEGER NOT NULL,
	prompt TEXT NOT NULL,
	status VARCHAR,
	stop_reason VARCHAR,
	request_id VARCHAR,
	reply TEXT,
	error TEXT,
	input_tokens INTEGER,
	output_tokens INTEGER,
	cached_tokens INTEGER,
	seconds FLOAT, run_id VARCHAR DEFAULT '' NOT NULL, process_id INTEGER, repetition INTEGER DEFAULT '1' NOT NULL, max_output_tokens INTEGER DEFAULT '0' NOT NULL, cache_write_tokens INTEGER, batch BOOLEAN, reserved INTEGER, cost INTEGER,
	PRIMARY KEY (id)
);
CREATE TABLE claim_answers (
	"key" VARCHAR NOT NULL,
	document TEXT NOT NULL,
	PRIMARY KEY ("key")
);
CREATE TABLE drafts (
	sequence INTEGER NOT NULL,
	id VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	document TEXT NOT NULL,
	PRIMARY KEY (sequence),
	UNIQUE (id)
);
CREATE TABLE fetched (
	place VARCHAR NOT NULL,
	url VARCHAR NOT NULL,
	round INTEGER NOT NULL,
	etag VARCHAR,
	last_modified VARCHAR,
	changed VARCHAR,
	reason TEXT,
	PRIMARY KEY (place, url)
);
CREATE TABLE imports (
	place VARCHAR NOT NULL,
	round INTEGER NOT NULL,
	finished INTEGER NOT NULL,
	PRIMARY KEY (place)
);
CREATE TABLE link_checks (
	url VARCHAR NOT NULL,
	document TEXT NOT NULL,
	PRIMARY KEY (url)
);
CREATE TABLE links (
	article INTEGER NOT NULL,
	target VARCHAR NOT NULL,
	PRIMARY KEY (article, target)
)
 WITHOUT ROWID;
CREATE TABLE logins (
	token VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	began FLOAT NOT NULL,
	seen FLOAT NOT NULL,
	PRIMARY KEY (token)
);
CREATE TABLE ourtake_meta (
	name VARCHAR NOT NULL,
	value INTEGER NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE people (
	name VARCHAR NOT NULL,
	role VARCHAR NOT NULL,
	secret VARCHAR NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE posts (
	site VARCHAR NOT NULL,
	draft_id VARCHAR NOT NULL,
	slug VARCHAR NOT NULL,
	remote_id VARCHAR NOT NULL,
	url VARCHAR NOT NULL,
	revision INTEGER NOT NULL,
	sent VARCHAR NOT NULL,
	seen TEXT NOT NULL,
	PRIMARY KEY (site, draft_id)
);
CREATE TABLE processes (
	id INTEGER NOT NULL,
	host VARCHAR NOT NULL,
	pid INTEGER NOT NULL,
	born VARCHAR NOT NULL,
	beat FLOAT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE queue (
	draft_id VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	since VARCHAR NOT NULL,
	"by" VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	model VARCHAR NOT NULL,
	created VARCHAR NOT NULL,
	headline TEXT NOT NULL,
	outlet TEXT NOT NULL,
	title TEXT NOT NULL,
	errors INTEGER NOT NULL,
	warnings INTEGER NOT NULL,
	not_checked INTEGER NOT NULL,
	undecided INTEGER NOT NULL,
	overrides INTEGER NOT NULL,
	proposals INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	acts INTEGER NOT NULL,
	cost INTEGER,
	PRIMARY KEY (draft_id)
);
CREATE TABLE rankings (
	id INTEGER NOT NULL,
	document TEXT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE removed (
	sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	id VARCHAR NOT NULL
);
CREATE TABLE revisions (
	draft_id VARCHAR NOT NULL,
	number INTEGER NOT NULL,
	document TEXT NOT NULL,
	PRIMARY KEY (draft_id, number)
);
CREATE TABLE runs (
	sequence INTEGER NOT NULL,
	id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	process_id INTEGER NOT NULL,
	started VARCHAR NOT NULL,
	PRIMARY KEY (sequence),
	UNIQUE (id)
);
CREATE TABLE seals (
	draft_id VARCHAR NOT NULL,
	number INTEGER NOT NULL,
	envelope TEXT NOT NULL,
	PRIMARY KEY (draft_id, number)
);
CREATE TABLE vector_models (
	model VARCHAR NOT NULL,
	dimension INTEGER NOT NULL,
	unrelated FLOAT NOT NULL,
	probe BLOB NOT NULL,
	PRIMARY KEY (model)
);
CREATE TABLE vectors (
	article_id VARCHAR NOT NULL,
	model VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	article_number INTEGER NOT NULL,
	vector BLOB NOT NULL,
	PRIMARY KEY (article_id, model)
);
CREATE TABLE watch_changes (
	number INTEGER NOT NULL,
	story VARCHAR NOT NULL,
	address TEXT NOT NULL,
	at VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (number)
);
CREATE TABLE watch_feeds (
	url VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	host VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	etag VARCHAR NOT NULL,
	last_modified VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	moved VARCHAR NOT NULL,
	error TEXT NOT NULL,
	polled FLOAT NOT NULL,
	read FLOAT NOT NULL,
	next FLOAT NOT NULL,
	failures INTEGER NOT NULL,
	fresh INTEGER NOT NULL,
	stories INTEGER NOT NULL,
	PRIMARY KEY (url)
);
CREATE TABLE watch_hosts (
	host VARCHAR NOT NULL,
	process_id INTEGER NOT NULL,
	asked FLOAT NOT NULL,
	PRIMARY KEY (host)
);
CREATE TABLE watch_items (
	url VARCHAR NOT NULL,
	story VARCHAR NOT NULL,
	feed VARCHAR NOT NULL,
	outlet TEXT NOT NULL,
	address TEXT NOT NULL,
	title TEXT NOT NULL,
	text TEXT NOT NULL,
	digest VARCHAR NOT NULL,
	seen FLOAT NOT NULL,
	PRIMARY KEY (url)
);
CREATE TABLE watch_stories (
	number INTEGER NOT NULL,
	id VARCHAR NOT NULL,
	seen FLOAT NOT NULL,
	decision VARCHAR NOT NULL,
	reason TEXT NOT NULL,
	score FLOAT,
	beats TEXT NOT NULL,
	draft_id VARCHAR NOT NULL,
	process_id INTEGER NOT NULL,
	day VARCHAR NOT NULL,
	tries INTEGER NOT NULL,
	next FLOAT NOT NULL,
	checked FLOAT NOT NULL,
	document TEXT NOT NULL,
	PRIMARY KEY (number),
	UNIQUE (id)
);
CREATE INDEX ix_articles_digest ON articles (digest);
CREATE INDEX ix_articles_title_hash ON articles (title_hash);
CREATE INDEX ix_batches_run_id ON batches (run_id);
CREATE INDEX ix_calls_draft_id ON calls (draft_id);
CREATE INDEX ix_calls_request_hash ON calls (request_hash);
CREATE INDEX ix_calls_run_id ON calls (run_id, cost, reserved);
CREATE INDEX ix_calls_started ON calls (started, cost, reserved);
CREATE INDEX ix_calls_state ON calls (state);
CREATE INDEX ix_links_target ON links (target);
CREATE INDEX ix_logins_name ON logins (name);
CREATE INDEX ix_posts_draft_id ON posts (draft_id);
CREATE INDEX ix_queue_created ON queue (created, draft_id);
CREATE INDEX ix_queue_state ON queue (state, created, draft_id);
CREATE INDEX ix_runs_name ON runs (name);
CREATE INDEX ix_watch_changes_story ON watch_changes (story);
CREATE INDEX ix_watch_feeds_host ON watch_feeds (host);
CREATE INDEX ix_watch_items_story ON watch_items (story);
CREATE INDEX ix_watch_stories_decision ON watch_stories (decision, day);
CREATE INDEX ix_watch_stories_draft_id ON watch_stories (draft_id);
CREATE INDEX ix_watch_stories_seen ON watch_stories (seen);
INSERT INTO ourtake_meta VALUES ('identity', random() & 4611686018427387903);
INSERT INTO alembic_version VALUES ('0014')
