package fold

import (
	"context"
	"sync"
	"time"

	"kizashi/db"
	"kizashi/event"
	"kizashi/fault"
	"kizashi/id"
)

// Answer is what became of one message.
type Answer struct {
	Event    id.ID // the event in the log
	Lead     id.ID // whose it is; 0 while the visitor is anonymous
	Repeated bool  // it was in the log already, and nothing changed
	Err      *fault.Error
}

const (
	// maxBatch is how many messages one transaction takes.
	maxBatch = 1000
	// queueLength is how many requests may wait. At the slowest measured rate they wait about a second.
	queueLength = 4096
	// alonePatience is that with a request that is tried by itself: three seconds. aloneTime is how long all of
	// a batch may take.
	alonePatience = 0.1
	aloneTime     = 15 * time.Second
	// retryAfter is what a sender is told to wait when the queue is full, seconds.
	retryAfter = 2
)

// request is what one caller put in.
type request struct {
	ctx      context.Context
	messages []event.Message
	answers  []Answer
	err      error
	done     chan struct{}
}

// Intake takes messages from all doors. One committer takes whatever waits, without a timer: while a
// transaction is being made durable the next batch gathers by itself.
type Intake struct {
	engine *Engine
	queue  chan *request
	most   int // messages of the next batch; only the committer knows
	closed chan struct{}
	once   sync.Once
	done   chan struct{}
}

// NewIntake starts the committer.
func NewIntake(e *Engine) *Intake {
	in := &Intake{engine: e, queue: make(chan *request, queueLength), most: maxBatch,
		closed: make(chan struct{}), done: make(chan struct{})}
	go in.run()
	return in
}

// Put hands messages in and returns when they are durable and counted. The answers stand in the order
// of the messages; one that is wrong has its error there and does not harm the others. The error is
// Busy when the queue is full or the database cannot take them: nothing of them was kept, or, if the database
// went away in the middle of the commit, they are recognised by their ids when they come again.
func (in *Intake) Put(ctx context.Context, messages []event.Message) ([]Answer, error) {
	if len(messages) == 0 {
		return nil, nil
	}
	r := &request{ctx: ctx, messages: messages, answers: make([]Answer, len(messages)), done: make(chan struct{})}
	select {
	case <-in.closed:
		return nil, busy()
	default:
	}
	select {
	case in.queue <- r:
	default:
		return nil, busy()
	}
	// The commit is not abandoned when the sender goes away: it will ask again with the same ids.
	<-r.done
	return r.answers, r.err
}

func busy() *fault.Error {
	return fault.New(fault.Busy, "fault.busy", fault.Args{"seconds": retryAfter})
}

// Close stops taking messages and waits until those taken are answered.
func (in *Intake) Close() {
	in.once.Do(func() { close(in.closed) })
	<-in.done
}

// Waiting is how many requests stand in the queue.
func (in *Intake) Waiting() int { return len(in.queue) }

func (in *Intake) run() {
	defer close(in.done)
	for {
		select {
		case first := <-in.queue:
			in.commit(in.gather(first))
		case <-in.closed:
			in.drain()
			return
		}
	}
}

// drain answers what was taken before the end.
func (in *Intake) drain() {
	for {
		select {
		case first := <-in.queue:
			in.commit(in.gather(first))
		default:
			return
		}
	}
}

// gather takes whatever waits behind the first request.
func (in *Intake) gather(first *request) []*request {
	batch, n := []*request{first}, len(first.messages)
	for n < in.most {
		select {
		case r := <-in.queue:
			batch, n = append(batch, r), n+len(r.messages)
		default:
			return batch
		}
	}
	return batch
}

// commit makes a batch durable and answers it.
func (in *Intake) commit(batch []*request) {
	err := in.write(context.Background(), batch)
	switch {
	case err == nil:
		in.most = min(2*in.most, maxBatch)
	case db.IsLate(err):
		// Smaller batches, if it was too much for the time there is. Whoever waits would wait as long again.
		in.most = max(in.most/2, 1)
		in.refuseWaiting()
	case len(batch) > 1 && !unavailable(err):
		in.alone(batch)
		return
	}
	for _, r := range batch {
		r.answer(err)
	}
}

func (r *request) answer(err error) {
	r.err = err
	close(r.done)
}

// unavailable tells that the database takes nothing at all for now.
func unavailable(err error) bool { return fault.KindOf(err) == fault.Busy && !db.IsLocked(err) }

// alone tries each request of a batch that failed by itself, so that one that breaks the transaction, or whose
// lead somebody else holds, does not take others with it.
func (in *Intake) alone(batch []*request) {
	until := time.Now().Add(aloneTime)
	for _, r := range batch {
		if time.Now().After(until) {
			r.answer(busy())
			continue
		}
		r.answer(in.write(db.Patience(context.Background(), alonePatience), []*request{r}))
	}
}

// refuseWaiting answers all who wait that the database takes nothing now.
func (in *Intake) refuseWaiting() {
	for range len(in.queue) {
		(<-in.queue).answer(busy()) // nobody else takes from it
	}
}

func (in *Intake) write(ctx context.Context, batch []*request) (err error) {
	defer broken(&err)
	return in.engine.Door.Write(ctx, func(tx *db.Tx) error { return in.engine.take(ctx, tx, batch) })
}
