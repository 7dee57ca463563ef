/** Everything that may happen next in a state. */
import { beginEnd, changeInstance, hasEnded } from './abstract-ec2';
import type { Action } from './action';
import type { Call } from './coroutine';
import { isSleep, isWrite, type Functions } from './functions';
import { movesIn } from './moves';
import { describeCall, describeEvent, nameOf } from './narration';
import { deliverable, removeEvent, warningOf } from './pending-events';
import { isGoodRest, isSurelyAtRest } from './rest';
import { newId, nowIn, touch, type Execution, type PendingEvent, type Process, type State } from './state';
import { Troubles } from './troubles';
import { LONG_MINUTES, type World } from './world';

export class Actions {
  private readonly troubles: Troubles;

  constructor(
    private readonly world: World,
    private readonly functions: Functions,
  ) {
    this.troubles = new Troubles(world, functions);
  }

  of(state: State): readonly Action[] {
    if (state.isEndless) return [];
    const urgent = [
      ...state.processes.filter(({ isIdle }) => isIdle !== true).map((process) => this.call(process)),
      ...state.executions.filter(isRetrying).map((execution) => this.retry(execution)),
      ...movesIn(state, nowIn(state)).map((move): Action => ({
        kind: 'step',
        text: move.text,
        apply: (next) => move.make(next),
      })),
      ...this.deliveries(state),
      ...(state.isReconcilerDue ? [this.scheduledRun()] : []),
    ];
    return [
      ...urgent,
      ...(urgent.length === 0 ? this.waits(state) : []),
      ...this.relief(state),
      ...this.troubles.of(state),
    ];
  }

  private call(process: Process): Action {
    const call = process.call!;
    return {
      kind: 'step',
      text: describeCall(process, call),
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
      text: `the event ${describeEvent(event)} is delivered`,
      apply: (next) => {
        removeEvent(next, event.id);
        this.deliver(next, event);
      },
    }));
  }

  private deliver(state: State, event: PendingEvent): void {
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

  private scheduledRun(): Action {
    return {
      kind: 'step',
      text: 'the reconciler runs on its schedule',
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
    // At a good rest, what is young only gets old.
    const minutes = isGoodRest(state, this.world) ? LONG_MINUTES : 1;
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
    touch(state);
    for (const execution of state.executions.filter((each) => isDue(each, now)))
      this.functions.machines.elapse(state, execution);
    // A run that would change nothing only adds states. What it may see if something happens meanwhile, the next run sees.
    state.isReconcilerDue =
      this.world.reconciler !== false && (await this.functions.wouldAct(state, { kind: 'reconcile' }));
  }

  private relief(state: State): readonly Action[] {
    const protectedOnes = Object.values(state.ec2.instances).filter(({ isProtected }) => isProtected);
    return [
      ...state.ec2.refusals.map((refusal): Action => ({
        kind: 'relief',
        text: `EC2 no longer refuses ${refusal.subnetId}`,
        apply: (next) => {
          next.ec2.refusals = next.ec2.refusals.filter((each) => each !== refusal);
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
}

function isRetrying({ phase, isIdle }: Execution): boolean {
  return phase === 'retry' && isIdle !== true;
}

function isDue({ dueAt, phase }: Execution, now: string): boolean {
  return dueAt !== undefined && dueAt <= now && (phase === 'wait' || phase === 'token');
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
