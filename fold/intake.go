package fold

import (
	"context"
	"errors"
	"sync"

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
	closed chan struct{}
	once   sync.Once
	done   chan struct{}
}

// NewIntake starts the committer.
func NewIntake(e *Engine) *Intake {
	in := &Intake{engine: e, queue: make(chan *request, queueLength), closed: make(chan struct{}), done: make(chan struct{})}
	go in.run()
	return in
}

// Put hands messages in and returns when they are durable and counted. The answers stand in the order
// of the messages; one that is wrong has its error there and does not harm the others. The error is
// Busy when the queue is full or the database cannot take them: nothing of them was kept.
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
	for n < maxBatch {
		select {
		case r := <-in.queue:
			batch, n = append(batch, r), n+len(r.messages)
		default:
			return batch
		}
	}
	return batch
}

// commit makes a batch durable and answers it. If it fails as a whole, each request is tried alone,
// so that one that breaks the transaction does not take others with it.
func (in *Intake) commit(batch []*request) {
	err := in.write(batch)
	var known *fault.Error
	unavailable := errors.As(err, &known) && known.Kind == fault.Busy
	for _, r := range batch {
		r.err = err
		if err != nil && len(batch) > 1 && !unavailable {
			r.err = in.write([]*request{r})
		}
		close(r.done)
	}
}

func (in *Intake) write(batch []*request) (err error) {
	defer broken(&err)
	return in.engine.Door.Write(context.Background(), func(tx *db.Tx) error {
		return in.engine.take(context.Background(), tx, batch)
	})
}
