/**
 * Every metric of Holdfast. Functions measure them, and the dashboard and the alarms use the same names.
 *
 * Each metric has the dimension `service`, whose value is the deployment's name, and the dimensions of its group.
 * CloudWatch bills each combination of values, so no dimension names a node.
 */

export const METRICS_NAMESPACE = 'Holdfast';

/** The dimension that Powertools for AWS Lambda gives every metric. Its value is the deployment's name. */
export const DEPLOYMENT_DIMENSION = 'service';

type Unit = 'Count' | 'Seconds';

interface MetricGroup {
  readonly dimensions: readonly string[];
  readonly metrics: Readonly<Record<string, Unit>>;
}

export const METRIC_GROUPS = {
  /** What a run of the reconciler finds. Each is measured at every run, also if it is 0. */
  findings: {
    dimensions: [],
    metrics: {
      /** Instances and interfaces with the deployment's tag, and without a record. */
      UnknownResources: 'Count',
      /** 1 if the run has removed and replaced nothing, because the table is in doubt or too much is unknown. */
      Halted: 'Count',
      /** Nodes that fail their status checks and are not healed, because too many fail at once. */
      HealingHeld: 'Count',
      /** Node records that cannot be read. Nothing is done for their nodes. */
      UnreadableRecords: 'Count',
      /** Nodes with a failure that does not go away by itself. */
      NodesNeedingAPerson: 'Count',
      /** Nodes that should be reachable on their address, and of which EC2 shows that they are not. */
      NodesWithoutAddress: 'Count',
      /** How long the one of them that has waited longest has been without it. 0 if there is none. */
      LongestWithoutAddress: 'Seconds',
      /** The operations that the run has started. */
      Repairs: 'Count',
      /** Looks, repairs and removals that failed. */
      FailedRepairs: 'Count',
      /** How old the findings are at the end of the run: the time since the schedule or an event asked for it. */
      FindingsAge: 'Seconds',
    },
  },
  /** By the status that the API shows. Measured at every run of the reconciler, for each status. */
  nodes: { dimensions: ['Status'], metrics: { Nodes: 'Count' } },
  /** A replacement that was confirmed. `AddressAway` ends when EC2 shows every address in place. */
  recovery: {
    dimensions: ['Cause', 'Attachment'],
    metrics: { Replacements: 'Count', RecoveryTime: 'Seconds', AddressAway: 'Seconds' },
  },
  /** The parts of a launch or replacement that was confirmed. */
  phase: { dimensions: ['Phase', 'Attachment'], metrics: { PhaseTime: 'Seconds' } },
  /** Launches that EC2 refused, by its error code. */
  refusal: { dimensions: ['Code'], metrics: { Refusals: 'Count' } },
  /** Rounds in which no pool had capacity, after which the operation waits. */
  capacity: { dimensions: [], metrics: { CapacityWaits: 'Count' } },
  /** Operations that failed, by the name of the error: see the runbook. */
  failure: { dimensions: ['Error'], metrics: { FailedOperations: 'Count' } },
  /** The same operations, whatever the error: an alarm cannot add them up. */
  failures: { dimensions: [], metrics: { RecordedFailures: 'Count' } },
  /** Requests refused because the secret with the API's tokens cannot be used. */
  token: { dimensions: [], metrics: { UnusableTokens: 'Count' } },
} as const satisfies Readonly<Record<string, MetricGroup>>;

export type MetricGroupName = keyof typeof METRIC_GROUPS;

type DimensionOf<Group extends MetricGroupName> = (typeof METRIC_GROUPS)[Group]['dimensions'][number];
export type MetricOf<Group extends MetricGroupName> = keyof (typeof METRIC_GROUPS)[Group]['metrics'] & string;

/** Values of one group's metrics that were measured together. A metric without a value was not measured. */
export interface MeasurementOf<Group extends MetricGroupName> {
  readonly group: Group;
  readonly dimensions: Readonly<Record<DimensionOf<Group>, string>>;
  readonly values: Readonly<Partial<Record<MetricOf<Group>, number>>>;
}

export type Measurement = { [Group in MetricGroupName]: MeasurementOf<Group> }[MetricGroupName];

/** A measured value with everything that CloudWatch needs to know about it, except for the deployment. */
export interface MetricValue {
  readonly name: string;
  readonly unit: Unit;
  readonly value: number;
}

/** The values of a measurement, in the order of the group's metrics. */
export function valuesOf({ group, values }: Measurement): readonly MetricValue[] {
  const measured: Readonly<Record<string, number | undefined>> = values;
  return Object.entries(METRIC_GROUPS[group].metrics).flatMap(([name, unit]) => {
    const value = measured[name];
    return value === undefined ? [] : [{ name, unit, value }];
  });
}
