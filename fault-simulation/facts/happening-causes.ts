/** The cause that each kind of happening is, and how long it may show. */
import type { CauseKind } from './injected-causes';
import type { Happening } from '../scenario/scenario';

interface HappeningCause {
  readonly kind: CauseKind;
  readonly affectsAllNodes: boolean;
  /** When its effects end; Infinity until the faults stop. */
  readonly untilMs: number;
}

/** The cause that the happening is; undefined if it excuses nothing, or is recorded when it hits a call or an event. */
export function causeOf(happening: Happening, nowMs: number): HappeningCause | undefined {
  const kind = CAUSE_OF[happening.kind];
  if (kind === undefined) return undefined;
  return { kind, affectsAllNodes: AFFECTS_ALL.includes(happening.kind), untilMs: untilMs(happening, nowMs) };
}

/** Faults of EC2's actions, of the next launches and of the table affect every node. */
const AFFECTS_ALL: readonly Happening['kind'][] = ['refusal', 'throttled', 'launch-deaths', 'crash-loop', 'table'];

/** An ordinary interruption is no cause: Holdfast must handle it without a deviation. */
const CAUSE_OF: Readonly<Partial<Record<Happening['kind'], CauseKind>>> = {
  'abort-execution': 'abort',
  'take-over': 'abort',
  'manual-change': 'manual-change',
  'slow-interface': 'interface',
  'no-capacity': 'capacity',
  'interrupt-replacement': 'instance',
  reclaim: 'instance',
  impair: 'instance',
  protect: 'instance',
  refusal: 'call',
  throttled: 'call',
  'launch-deaths': 'launch',
  'crash-loop': 'launch',
  table: 'table',
};

/** Two minutes until failed checks count, one minute until the reconciler's next run, and the replacement. */
const IMPAIRED_MS = 6 * 60_000;

/** EC2 ends an instance two minutes after its notice, and the operation for it starts some seconds later. */
const ENDED_MS = 140_000;

function untilMs(happening: Happening, nowMs: number): number {
  switch (happening.kind) {
    case 'impair':
      return nowMs + IMPAIRED_MS;
    case 'reclaim':
    case 'interrupt-replacement':
      return nowMs + ENDED_MS;
    case 'no-capacity':
    case 'throttled':
      return nowMs + happening.seconds * 1000;
    case 'refusal':
    case 'protect':
    case 'launch-deaths':
    case 'crash-loop':
    case 'table':
    case 'slow-interface':
      // They last until the faults stop. A slow interface delays every detachment until then.
      return Infinity;
    default:
      return nowMs;
  }
}
