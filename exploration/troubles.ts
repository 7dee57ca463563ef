/** What the world may do to the system: users' wishes, EC2's interruptions, faults, and people who change things by hand. */
import { Throttled } from '../domain/errors';
import type { PoolRefusal } from '../domain/capacity/pool-refusal';
import {
  beginEnd,
  changeInstance,
  detach,
  disassociateWhere,
  hasEnded,
  isAttached,
  removeInterface,
  seenInstance,
  seenInterface,
  setDeleteOnTermination,
} from './abstract-ec2';
import type { Action } from './action';
import type { Call } from './coroutine';
import { isSleep, isWrite, type Functions } from './functions';
import { movesIn } from './moves';
import { describeCall, describeEvent } from './narration';
import { deliverable, removeEvent } from './pending-events';
import { newId, nowIn, timeOf, withCause, type Instance, type Process, type State } from './state';
import { LONG_MINUTES, nodeIdOf, SUBNETS, type Bounds, type Meddling, type World } from './world';

const NO_CAPACITY: PoolRefusal = {
  because: 'capacity',
  of: 'pool',
  code: 'InsufficientInstanceCapacity',
  message: 'there is no capacity any more',
};
const NO_ADDRESS: PoolRefusal = {
  because: 'capacity',
  of: 'subnet',
  code: 'InsufficientFreeAddressesInSubnet',
  message: 'there is no free address any more',
};

export class Troubles {
  constructor(
    private readonly world: World,
    private readonly functions: Functions,
  ) {}

  /** Everything that the bounds still allow in this state. */
  of(state: State): readonly Action[] {
    const { left } = state;
    return [
      ...(left.wishes > 0 ? this.wishes() : []),
      ...living(state).flatMap((instance) => this.troublesOf(state, instance)),
      ...state.processes.flatMap((process) => this.faultsOf(state, process)),
      ...(left.meddling > 0 ? this.meddling(state) : []),
      ...this.refusals(state),
      ...this.eventTroubles(state),
      ...this.delays(state),
      ...(left.aborts > 0 ? state.executions : []).map((execution) =>
        trouble('aborts', `a person stops ${execution.id}`, (next) => this.functions.machines.abort(next, execution)),
      ),
    ];
  }

  private refusals({ ec2, left }: State): readonly Action[] {
    const most = Math.max(...this.world.nodes.map(({ subnets = 1 }) => subnets));
    const free = SUBNETS.slice(0, most).filter((subnetId) => !ec2.refusals.some((each) => each.subnetId === subnetId));
    const refuse = (bound: 'shortages' | 'fullSubnets', subnetId: string, refusal: PoolRefusal): Action =>
      trouble(bound, `${subnetId}: ${refusal.message}`, (next) => {
        withCause(next, bound);
        next.ec2.refusals = [...next.ec2.refusals, { subnetId, refusal }];
      });
    return free.flatMap((subnetId) => [
      ...(left.shortages > 0 ? [refuse('shortages', subnetId, NO_CAPACITY)] : []),
      ...(left.fullSubnets > 0 ? [refuse('fullSubnets', subnetId, NO_ADDRESS)] : []),
    ]);
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
    const text = describeCall(process, call);
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
        ? [trouble('lostEvents', `the event ${describeEvent(event)} is lost`, (next) => removeEvent(next, event.id))]
        : []),
      ...(left.doubledEvents > 0
        ? [
            trouble('doubledEvents', `the event ${describeEvent(event)} is delivered twice`, (next) => {
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
        trouble('delays', `the event ${describeEvent(event)} is late`, (next) => {
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
      trouble('meddling', `a person ${text}`, (next) => {
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
