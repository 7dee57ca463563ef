/** Tracks the phase of every operation by the states that executions enter, and counts which kinds met which phases. */
import type { HistoryEntry, Execution } from '../../simulator/step-functions/step-functions';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { PHASES, type Phase } from './scenario';

/** The phase of a state, by machine and state. Choices and end states take no time and have no phase. */
export type PhaseOfState = (machine: string, state: string) => Phase | undefined;

interface StateMachineText {
  readonly name: string;
  readonly definition: string;
}

interface StateText {
  readonly Type: string;
  readonly Parameters?: { readonly Payload?: { readonly step?: string } & Partial<Wait> };
}

/** What a state waits for. */
export interface Wait {
  readonly which: string;
  readonly awaited: string;
}

/** What each waiting state waits for. The key is `machine/state`. */
export function waitsOf(machines: readonly StateMachineText[]): ReadonlyMap<string, Wait> {
  const states = machines.flatMap(({ name, definition }) => {
    const { States } = JSON.parse(definition) as { States: Readonly<Record<string, StateText>> };
    return Object.entries(States).map(([state, { Parameters }]) => [`${name}/${state}`, Parameters?.Payload] as const);
  });
  return new Map(
    states.flatMap(([key, { step, which, awaited } = {}]) => {
      if (step === 'await-termination') return [[key, { which: 'old', awaited: 'terminated' }] as const];
      return which === undefined || awaited === undefined ? [] : [[key, { which, awaited }] as const];
    }),
  );
}

export function phasesOf(machines: readonly StateMachineText[]): PhaseOfState {
  const phases = new Map<string, Phase>();
  for (const { name, definition } of machines) {
    const { States } = JSON.parse(definition) as { States: Readonly<Record<string, StateText>> };
    for (const [state, { Type, Parameters }] of Object.entries(States)) {
      const phase =
        Type === 'Wait' ? 'waiting-for-capacity' : PHASES.find((each) => each === Parameters?.Payload?.step);
      if (phase !== undefined) phases.set(`${name}/${state}`, phase);
    }
  }
  return (machine, state) => phases.get(`${machine}/${state}`);
}

export interface PhaseEntry {
  readonly phase: Phase;
  readonly nodeId: string | undefined;
}

export class PhaseTracker {
  /** By execution. */
  private readonly current = new Map<string, PhaseEntry>();

  constructor(
    private readonly phaseOf: PhaseOfState,
    private readonly nodes: ReadonlyMap<string, StatefulNode>,
  ) {}

  /** Records the state that an execution entered. Returns the phase that began, if any. */
  entered(execution: Execution, entry: HistoryEntry): PhaseEntry | undefined {
    const phase = this.phaseOf(execution.stateMachineName, entry.state);
    if (phase === undefined) return undefined;
    const begun = { phase, nodeId: this.nodeOf(execution) };
    this.current.set(execution.arn, begun);
    return begun;
  }

  ended(execution: Execution): void {
    this.current.delete(execution.arn);
  }

  /** The phase of the execution that owns the node, else of one that was started for it; `at-rest` without either. */
  of(nodeId: string): Phase {
    const owner = this.nodes.get(nodeId)?.operation?.executionId;
    const owned = [...this.current].find(([arn]) => owner !== undefined && arn.endsWith(owner));
    const found = owned?.[1] ?? [...this.current.values()].find((entry) => entry.nodeId === nodeId);
    return found?.phase ?? 'at-rest';
  }

  /** The node that the execution owns or has owned, or was started for. */
  nodeOf({ arn, input }: Execution): string | undefined {
    const { nodeId } = input as { nodeId?: string };
    const known = nodeId ?? this.current.get(arn)?.nodeId;
    if (known !== undefined) return known;
    const owned = [...this.nodes.values()].find(
      ({ operation }) => operation !== undefined && arn.endsWith(operation.executionId),
    );
    return owned?.id;
  }
}

/** By kind, then by phase. */
export type Coverage = Readonly<Record<string, Readonly<Record<string, number>>>>;

export class CoverageCounter {
  private readonly counts: Record<string, Record<string, number>> = {};

  count(kind: string, phase: string): void {
    const row = (this.counts[kind] ??= {});
    row[phase] = (row[phase] ?? 0) + 1;
  }

  coverage(): Coverage {
    return this.counts;
  }
}

export function addCoverage(coverages: readonly Coverage[]): Coverage {
  const sum: Record<string, Record<string, number>> = {};
  for (const coverage of coverages) {
    for (const [kind, row] of Object.entries(coverage)) {
      const into = (sum[kind] ??= {});
      for (const [phase, count] of Object.entries(row)) into[phase] = (into[phase] ?? 0) + count;
    }
  }
  return sum;
}
