/** Everything that may happen next in a state: calls, EC2's moves, events, time, and whatever else the world allows. */
import { Throttled } from '../domain/errors';
import {
  beginEnd,
  changeInstance,
  detach,
  disassociateWhere,
  hasEnded,
  isAttached,
  movesIn,
  removeInterface,
  setDeleteOnTermination,
  seenInstance,
  seenInterface,
} from './abstract-ec2';
import type { Call } from './coroutine';
import { isSleep, isWrite, type Functions } from './functions';
import {
  newId,
  nowIn,
  timeOf,
  touch,
  withCause,
  type Execution,
  type Instance,
  type Process,
  type State,
} from './state';
import { isSurelyAtRest, needsMinutes } from './rest';
import { nodeIdOf, SUBNETS, type Bounds, type Meddling, type World } from './world';

export interface Action {
  /** For the story. */
  readonly text: string;
  /** - `step`: Holdfast or EC2 goes on. `retry`, `time`: something waits. `world`: the world does something to the system. `relief`: the world ends something bad. */
  readonly kind: 'step' | 'retry' | 'time' | 'world' | 'relief';
  /** Changes the state, and says what came of it. */
  apply(state: State): Promise<string | void> | string | void;
}

export class Actions {
  constructor(
    private readonly world: World,
    private readonly functions: Functions,
  ) {}

  of(state: State): readonly Action[] {
    const urgent = [
      ...state.processes.filter(({ isIdle }) => isIdle !== true).map((process) => this.call(process)),
      ...state.executions.filter(isRetrying).map((execution) => this.retry(execution)),
      ...movesIn(state, nowIn(state)).map(({ text, make }): Action => ({ kind: 'step', text, apply: make })),
      ...this.deliveries(state),
      ...(state.isReconcilerDue ? [this.reconciler('the reconciler runs on its schedule')] : []),
    ];
    return [
      ...urgent,
      ...(urgent.length === 0 ? this.waits(state) : []),
      ...this.relief(state),
      ...this.troubles(state),
    ];
  }

  /** The calls that the process makes, in order: one, unless it polls and nothing else can happen. */
  private call(process: Process): Action {
    const call = process.call!;
    return {
      kind: 'step',
      text: `${nameOf(process)}: ${describe(call)}`,
      apply: (state) => this.make(state, process, call),
    };
  }

  private make(state: State, process: Process, call: Call): string {
    const given = this.functions.make(state, process, call);
    return 'error' in given ? `fails: ${String(given.error)}` : '';
  }

  private retry(execution: Execution): Action {
    return {
      kind: 'retry',
      text: `${execution.state} is tried again`,
      apply: (state) => this.functions.machines.retry(state, execution),
    };
  }

  private deliveries(state: State): readonly Action[] {
    return deliverable(state).map((event): Action => ({
      kind: 'step',
      text: `the event ${eventText(event)} is delivered`,
      apply: (next) => {
        removeEvent(next, event.id);
        this.deliver(next, event);
      },
    }));
  }

  private deliver(state: State, event: State['events'][number]): void {
    switch (event.kind) {
      case 'state':
        this.functions.begin(state, { ...event, kind: 'wake' });
        return;
      case 'warning':
        this.functions.machines.start(state, 'replace', warningOf(event.instanceId, event.at), newId(state, 'event'));
        return;
      case 'look':
        if (this.world.reconciler !== false) this.functions.begin(state, { kind: 'reconcile' });
        return;
    }
  }

  private reconciler(text: string): Action {
    return {
      kind: 'step',
      text,
      apply: (state) => {
        state.isReconcilerDue = false;
        this.functions.begin(state, { kind: 'reconcile' });
      },
    };
  }

  /** What happens only when nothing else can: polls run out, and time passes. */
  private waits(state: State): readonly Action[] {
    const idle = state.processes.filter(({ isIdle }) => isIdle === true);
    if (idle.length > 0) {
      return idle.map((process): Action => ({
        kind: 'retry',
        text: `${nameOf(process)} polls to no effect`,
        apply: (next) => this.pollOn(next, process),
      }));
    }
    if (isSurelyAtRest(state, this.world)) return [];
    const minutes = needsMinutes(state, this.world) ? 1 : LONG_MINUTES;
    return [
      {
        kind: 'time',
        text: minutes === 1 ? 'a minute passes' : 'half an hour passes',
        apply: (next) => this.pass(next, minutes),
      },
    ];
  }

  /** Looks again and again, until the process gives up or wants to change something. */
  private async pollOn(state: State, { pid }: Process): Promise<void> {
    for (;;) {
      const process = state.processes.find((each) => each.pid === pid);
      if (process?.call === undefined || (!isSleep(process.call) && isWrite(process.call))) return;
      this.functions.make(state, process, process.call);
      await this.functions.settle(state);
    }
  }

  private async pass(state: State, minutes: number): Promise<void> {
    state.minute += minutes;
    const now = nowIn(state);
    forgetBefore(state);
    for (const instance of Object.values(state.ec2.instances)) {
      if (instance.endsAt !== undefined && instance.endsAt <= now && !hasEnded(instance)) beginEnd(state, instance);
    }
    const [due, others] = [state.executions.filter((each) => isDue(each, now)), state.executions];
    for (const execution of others) if (isBlocked(execution)) touch(state);
    for (const execution of due) this.functions.machines.elapse(state, execution);
    // A run that would change nothing only adds states. What it may see if something happens meanwhile, the next run sees.
    state.isReconcilerDue =
      this.world.reconciler !== false && (await this.functions.wouldAct(state, { kind: 'reconcile' }));
  }

  private relief(state: State): readonly Action[] {
    const protectedOnes = Object.values(state.ec2.instances).filter(({ isProtected }) => isProtected);
    return [
      ...state.ec2.shortIn.map((subnetId): Action => ({
        kind: 'relief',
        text: `EC2 has capacity in ${subnetId} again`,
        apply: (next) => {
          next.ec2.shortIn = next.ec2.shortIn.filter((each) => each !== subnetId);
          touch(next);
        },
      })),
      ...(state.causes.includes('protection') ? protectedOnes : []).map((instance): Action => ({
        kind: 'relief',
        text: `${instance.id} is no longer protected from termination`,
        apply: (next) => changeInstance(next, next.ec2.instances[instance.id]!, { isProtected: false }),
      })),
    ];
  }

  private troubles(state: State): readonly Action[] {
    const { left } = state;
    return [
      ...(left.wishes > 0 ? this.wishes() : []),
      ...living(state).flatMap((instance) => this.troublesOf(state, instance)),
      ...state.processes.flatMap((process) => this.faultsOf(state, process)),
      ...(left.meddling > 0 ? this.meddling(state) : []),
      ...(left.shortages > 0 ? this.shortages(state) : []),
      ...this.eventTroubles(state),
      ...this.delays(state),
      ...(left.aborts > 0 ? state.executions : []).map((execution) =>
        trouble('aborts', `somebody stops ${execution.id}`, (next) => this.functions.machines.abort(next, execution)),
      ),
    ];
  }

  private shortages({ ec2 }: State): readonly Action[] {
    const most = Math.max(...this.world.nodes.map(({ subnets = 1 }) => subnets));
    const others = SUBNETS.slice(0, most).filter((subnetId) => !ec2.shortIn.includes(subnetId));
    return others.map((subnetId) =>
      trouble(
        'shortages',
        `EC2 has no more capacity in ${subnetId}`,
        (next) => {
          next.ec2.shortIn = [...next.ec2.shortIn, subnetId];
        },
        'shortage',
      ),
    );
  }

  private wishes(): readonly Action[] {
    return (this.world.wishes ?? []).map((wish) =>
      trouble('wishes', `a user asks for ${wish.kind} of ${nodeIdOf(wish.node)}`, (next) => {
        this.functions.begin(next, { kind: 'api', wish, number: next.left.wishes + 1 });
      }),
    );
  }

  private troublesOf({ left }: State, instance: Instance): readonly Action[] {
    const { id, endsAt, state: shown } = instance;
    const actions: Action[] = [];
    const add = (bound: keyof Bounds, text: string, apply: (state: State) => void): void => {
      if (left[bound] > 0) actions.push(trouble(bound, text, apply));
    };
    if (endsAt === undefined) {
      add('interruptions', `EC2 announces that it interrupts ${id}`, (state) => {
        changeInstance(state, state.ec2.instances[id]!, { endsAt: timeOf(state.minute + 2), isCondemned: true });
        state.events.push({ kind: 'warning', id: newId(state, 'event'), instanceId: id, at: nowIn(state) });
      });
    }
    if (shown === 'pending') {
      add('launchDeaths', `${id} ends while it is pending`, (state) => condemnAnd(state, id, beginEnd));
    } else {
      add('endings', `${id} ends without a warning`, (state) => condemnAnd(state, id, beginEnd));
      if (shown === 'running') {
        add('stops', `${id} is stopped`, (state) => {
          withCause(state, 'stopped instance');
          condemnAnd(state, id, stop);
        });
      }
    }
    return actions;
  }

  private faultsOf(state: State, process: Process): readonly Action[] {
    const { left } = state;
    const call = process.call!;
    const actions: Action[] = [];
    const text = `${nameOf(process)}: ${describe(call)}`;
    if (isSleep(call)) return [];
    if (left.crashes > 0 && isWrite(call)) {
      actions.push(
        trouble('crashes', `${text}: the function crashes before it`, (next) => this.functions.crash(next, process)),
        trouble('crashes', `${text}: the function crashes after it`, (next) => {
          this.functions.make(next, process, call);
          const now = next.processes.find(({ pid }) => pid === process.pid);
          if (now !== undefined) this.functions.crash(next, now);
        }),
      );
    }
    if (left.throttles > 0) {
      actions.push(
        trouble('throttles', `${text}: throttled`, (next) =>
          this.functions.answer(next, process, { error: new Throttled('slow down') }),
        ),
      );
    }
    const stale = left.staleReads > 0 ? staleValue(state, call) : undefined;
    if (stale !== undefined) {
      actions.push(
        trouble('staleReads', `${text}: shows what was there before`, (next) =>
          this.functions.answer(next, process, stale),
        ),
      );
    }
    const execution = state.executions.find(({ pid }) => pid === process.pid);
    if (left.besides > 0 && execution !== undefined && isWrite(call)) {
      actions.push(
        trouble('besides', `${text}: Step Functions takes the step for dead, and it runs on`, (next) =>
          this.functions.machines.fail(next, execution, 'Lambda.SdkClientException', ''),
        ),
      );
    }
    if (left.exhaustions > 0 && execution !== undefined) {
      actions.push(
        trouble(
          'exhaustions',
          `${execution.state} has no retry left`,
          (next) => {
            next.processes = next.processes.filter(({ pid }) => pid !== process.pid);
            this.functions.machines.fail(next, execution, 'ServiceUnavailable', 'EC2 does not respond', true);
          },
          'exhaustion',
        ),
      );
    }
    return actions;
  }

  private eventTroubles(state: State): readonly Action[] {
    const { left } = state;
    return deliverable(state).flatMap((event): readonly Action[] => [
      ...(left.lostEvents > 0
        ? [trouble('lostEvents', `the event ${eventText(event)} is lost`, (next) => removeEvent(next, event.id))]
        : []),
      ...(left.doubledEvents > 0
        ? [
            trouble('doubledEvents', `the event ${eventText(event)} is delivered twice`, (next) => {
              next.events.push({ ...event, id: newId(next, 'event') });
            }),
          ]
        : []),
    ]);
  }

  private delays(state: State): readonly Action[] {
    if (state.left.delays === 0) return [];
    const { delayMinutes = 2 } = this.world;
    const until = timeOf(state.minute + delayMinutes);
    const cause = delayMinutes > 2 ? 'long delay' : undefined;
    return [
      ...deliverable(state).map((event) =>
        trouble('delays', `the event ${eventText(event)} is late`, (next) => {
          next.events = next.events.map((each) => (each.id === event.id ? { ...each, heldUntil: until } : each));
        }),
      ),
      ...movesIn(state, nowIn(state)).map(({ text, hold }) =>
        trouble('delays', `EC2 takes its time until ${text}`, (next) => hold(next, until), cause),
      ),
    ];
  }

  private meddling(state: State): readonly Action[] {
    const attached = Object.values(state.ec2.interfaces).filter(isAttached);
    const secondary = attached.filter(
      ({ attachment }) => attachment.deviceIndex > 0 && attachment.status === 'attached',
    );
    const free = Object.values(state.ec2.interfaces).filter((each) => !isAttached(each));
    const onElasticIps = Object.values(state.ec2.elasticIps).filter(({ association }) => association !== undefined);
    const byHand = (text: string, apply: (next: State) => void): Action =>
      trouble('meddling', `somebody ${text}`, (next) => {
        apply(next);
        next.events.push({ kind: 'look', id: newId(next, 'event') });
      });
    const kinds: Readonly<Record<Meddling, () => readonly Action[]>> = {
      detach: () =>
        secondary.map(({ id, attachment }) => byHand(`detaches ${id}`, (next) => detach(next, attachment.id, false))),
      'detach-and-hang': () =>
        secondary.map(({ id, attachment }) =>
          byHand(`detaches ${id}, and the detachment hangs`, (next) => {
            detach(next, attachment.id, false);
            withCause(next, 'hanging detachment');
            next.ec2.interfaces[id] = { ...next.ec2.interfaces[id]!, heldUntil: timeOf(next.minute + LONG_MINUTES) };
          }),
        ),
      'delete-interface': () => free.map(({ id }) => byHand(`deletes ${id}`, (next) => removeInterface(next, id))),
      'unprotect-interface': () =>
        attached
          .filter(({ attachment }) => !attachment.deleteOnTermination)
          .map((each) =>
            byHand(`sets ${each.id} to be deleted with its instance`, (next) =>
              setDeleteOnTermination(next, each, true),
            ),
          ),
      'take-elastic-ip': () =>
        onElasticIps.map(({ allocationId }) =>
          byHand(`disassociates ${allocationId}`, (next) =>
            disassociateWhere(next, (each) => each.allocationId === allocationId),
          ),
        ),
    };
    return (this.world.meddling ?? []).flatMap((kind) => kinds[kind]());
  }
}

/** Longer than any limit that Holdfast compares an age with. */
const LONG_MINUTES = 30;

/** Something that a bound allows once less from then on. */
function trouble(bound: keyof Bounds, text: string, apply: (state: State) => void, cause?: string): Action {
  return {
    kind: 'world',
    text,
    apply: (state) => {
      state.left[bound] -= 1;
      if (cause !== undefined) withCause(state, cause);
      apply(state);
    },
  };
}

function isRetrying({ phase, isIdle }: Execution): boolean {
  return phase === 'retry' && isIdle !== true;
}

function isBlocked({ phase, isIdle }: Execution): boolean {
  return phase === 'retry' && isIdle === true;
}

function isDue({ dueAt, phase }: Execution, now: string): boolean {
  return dueAt !== undefined && dueAt <= now && (phase === 'wait' || phase === 'token');
}

function deliverable(state: State): readonly State['events'][number][] {
  const now = nowIn(state);
  return state.events.filter(({ heldUntil }) => heldUntil === undefined || heldUntil <= now);
}

function removeEvent(state: State, eventId: string): void {
  state.events = state.events.filter(({ id }) => id !== eventId);
}

function living(state: State): readonly Instance[] {
  return Object.values(state.ec2.instances).filter((each) => !hasEnded(each));
}

function condemnAnd(state: State, id: string, then: (state: State, instance: Instance) => void): void {
  changeInstance(state, state.ec2.instances[id]!, { isCondemned: true });
  then(state, state.ec2.instances[id]!);
}

function stop(state: State, instance: Instance): void {
  changeInstance(state, instance, { state: 'stopping' });
  state.events.push({
    kind: 'state',
    id: newId(state, 'event'),
    instanceId: instance.id,
    state: 'stopping',
    at: nowIn(state),
  });
}

function staleValue(state: State, { port, method, args }: Call): { readonly value: unknown } | undefined {
  if (method !== 'observe') return undefined;
  const id = String(args[0]);
  if (port === 'instances') {
    const before = state.ec2.instances[id]?.before;
    return before === undefined ? undefined : { value: seenInstance(before) };
  }
  if (port !== 'interfaces') return undefined;
  const before = state.ec2.interfaces[id]?.before;
  return before === undefined ? undefined : { value: seenInterface(before, state) };
}

/** By the next minute EC2 shows everything. */
function forgetBefore({ ec2 }: State): void {
  for (const each of Object.values(ec2.instances)) {
    if (each.before !== undefined) ec2.instances[each.id] = { ...each, before: undefined };
  }
  for (const each of Object.values(ec2.interfaces)) {
    if (each.before !== undefined) ec2.interfaces[each.id] = { ...each, before: undefined };
  }
}

/** The event that EventBridge sends two minutes before EC2 interrupts an instance. */
function warningOf(instanceId: string, at: string) {
  return {
    source: 'aws.ec2',
    'detail-type': 'EC2 Spot Instance Interruption Warning',
    time: at,
    detail: { 'instance-id': instanceId, 'instance-action': 'terminate' },
  };
}

export function nameOf({ work }: Process): string {
  switch (work.kind) {
    case 'step':
      return stepName(work.event);
    case 'wake':
      return 'wake-waiter';
    case 'reconcile':
      return 'reconciler';
    case 'api':
      return `API ${work.wish.kind}`;
  }
}

function stepName(event: unknown): string {
  return typeof event === 'object' && event !== null && 'step' in event ? String(event.step) : 'step';
}

function eventText(event: State['events'][number]): string {
  switch (event.kind) {
    case 'state':
      return `"${event.instanceId} is ${event.state}"`;
    case 'warning':
      return `"${event.instanceId} will be interrupted"`;
    case 'look':
      return '"an execution failed, or a call took something away"';
  }
}

function describe({ port, method, args }: Call): string {
  if (port === 'time') return 'sleeps';
  const [first] = args;
  const what = typeof first === 'string' ? first : idOf(first);
  return [port, method, what].filter((part) => part !== '').join(' ');
}

function idOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const named = ['clientToken', 'address', 'id'].find((key) => key in value);
  return named === undefined ? '' : String((value as Readonly<Record<string, unknown>>)[named]);
}
