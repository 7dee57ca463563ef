import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  PeriodOverride,
  SingleValueWidget,
  type IMetric,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { deploymentName } from '../deployment-name';
import type { HoldfastFunction } from '../functions/holdfast-function';
import type { NodeApi } from '../functions/node-api';
import type { NodeReconciler } from '../functions/node-reconciler';
import type { UndeliveredEvents } from '../events/undelivered-events';
import type { Workflow } from '../workflows/workflow';
import { HoldfastMetrics, PERIOD } from './holdfast-metrics';
import type { OperatorAlarms } from './operator-alarms';

export interface NodeDashboardProps {
  readonly alarms: OperatorAlarms;
  readonly reconciler: NodeReconciler;
  readonly api: NodeApi;
  readonly functions: readonly HoldfastFunction[];
  readonly workflows: readonly Workflow[];
  readonly undelivered: UndeliveredEvents;
}

/** The grid of a dashboard has 24 columns. */
const ALL_COLUMNS = 24;
const HALF = 12;
const THIRD = 8;

/** Two runs of the reconciler: what the last one found is in the answer, and what was repaired is not. */
const RECENT_SECONDS = 130;

/** One line for each node that the reconciler's last runs have found without its address. */
const WITHOUT_ADDRESS = [
  'filter message = "node without its address"',
  `filter toMillis(@timestamp) > (now() - ${RECENT_SECONDS}) * 1000`,
  'stats latest(name) as Name, latest(since) as Since, latest(status) as Status, latest(next) as Doing, ' +
    'latest(why) as Why by nodeId as Node',
  'sort Since asc',
];

/**
 * The first screen says whether a node is without its address, since when, why, and what is being done. What follows says
 * how well replacements go, and how Holdfast's own parts are.
 */
export class NodeDashboard extends Construct {
  readonly dashboard: Dashboard;
  private readonly metrics: HoldfastMetrics;

  constructor(scope: Construct, id: string, props: NodeDashboardProps) {
    super(scope, id);
    this.metrics = new HoldfastMetrics(this);
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `${deploymentName(this)}-nodes`,
      periodOverride: PeriodOverride.INHERIT,
      widgets: [
        [this.numbersNow()],
        [this.nodesWithoutAddress(props.reconciler)],
        [new AlarmStatusWidget({ title: 'Alarms', width: ALL_COLUMNS, height: 3, alarms: props.alarms.alarms })],
        this.recoveries(),
        this.obstacles(),
        this.nodes(),
        this.ownParts(props),
        this.ownCalls(props),
      ],
    });
  }

  private numbersNow(): IWidget {
    const { metrics } = this;
    return new SingleValueWidget({
      title: 'Now',
      width: ALL_COLUMNS,
      height: 3,
      metrics: [
        metrics.one('findings', 'NodesWithoutAddress', 'Maximum'),
        metrics.one('findings', 'LongestWithoutAddress', 'Maximum'),
        metrics.one('findings', 'NodesNeedingAPerson', 'Maximum'),
        metrics.one('findings', 'UnknownResources', 'Maximum'),
        metrics.one('findings', 'Halted', 'Maximum'),
        metrics.one('findings', 'FindingsAge', 'Maximum'),
      ],
    });
  }

  private nodesWithoutAddress({ function: reconciler }: NodeReconciler): IWidget {
    return new LogQueryWidget({
      title: 'Nodes without their address: since when, why, and what is being done',
      width: ALL_COLUMNS,
      height: 6,
      view: LogQueryVisualizationType.TABLE,
      logGroupNames: [reconciler.logGroup.logGroupName],
      queryLines: WITHOUT_ADDRESS,
    });
  }

  private recoveries(): IWidget[] {
    const { metrics } = this;
    return [
      graph('Replacements, by cause', THIRD, metrics.each('recovery', 'Replacements', 'Sum')),
      graph('Seconds to recover (median, slowest)', THIRD, ...this.spread('RecoveryTime')),
      graph('Seconds that the address was away (median, longest)', THIRD, ...this.spread('AddressAway')),
    ];
  }

  private spread(name: 'RecoveryTime' | 'AddressAway'): IMetric[] {
    return [this.metrics.each('recovery', name, 'p50'), this.metrics.each('recovery', name, 'Maximum')];
  }

  private obstacles(): IWidget[] {
    const { metrics } = this;
    return [
      graph('Seconds, by phase (median)', THIRD, metrics.each('phase', 'PhaseTime', 'p50')),
      graph(
        'Refusals of launches, by code, and waits for capacity',
        THIRD,
        metrics.each('refusal', 'Refusals', 'Sum'),
        metrics.one('capacity', 'CapacityWaits', 'Sum'),
      ),
      graph('Failed operations, by error', THIRD, metrics.each('failure', 'FailedOperations', 'Sum')),
    ];
  }

  private nodes(): IWidget[] {
    const { metrics } = this;
    return [
      new GraphWidget({
        title: 'Nodes, by status',
        width: HALF,
        stacked: true,
        left: [metrics.each('nodes', 'Nodes', 'Maximum')],
      }),
      graph(
        'What the reconciler found and started',
        HALF,
        metrics.one('findings', 'Repairs', 'Sum'),
        metrics.one('findings', 'FailedRepairs', 'Sum'),
        metrics.one('findings', 'HealingHeld', 'Maximum'),
        metrics.one('findings', 'UnreadableRecords', 'Maximum'),
      ),
    ];
  }

  private ownParts({ functions, workflows }: NodeDashboardProps): IWidget[] {
    const sums = { statistic: 'Sum', period: PERIOD };
    return [
      graph(
        'Executions that failed',
        THIRD,
        ...workflows.map((each) => each.metricFailed({ ...sums, label: each.kind })),
      ),
      graph(
        'Errors of functions',
        THIRD,
        ...functions.map((each) => each.metricErrors({ ...sums, label: each.node.path })),
      ),
      graph(
        'Throttled functions',
        THIRD,
        ...functions.map((each) => each.metricThrottles({ ...sums, label: each.node.path })),
      ),
    ];
  }

  private ownCalls({ api: { httpApi }, undelivered, reconciler }: NodeDashboardProps): IWidget[] {
    const sums = { statistic: 'Sum', period: PERIOD };
    const queues = [undelivered.queue, reconciler.undelivered.queue];
    return [
      graph('Requests to the API', THIRD, httpApi.metricCount(sums), httpApi.metricServerError(sums)),
      graph(
        'Latency of the API (ms, slowest of 100)',
        THIRD,
        httpApi.metricLatency({ statistic: 'p99', period: PERIOD }),
      ),
      graph(
        'Undelivered events',
        THIRD,
        ...queues.map((queue) =>
          queue.metricApproximateNumberOfMessagesVisible({
            statistic: 'Maximum',
            period: PERIOD,
            label: queue.node.path,
          }),
        ),
      ),
    ];
  }
}

function graph(title: string, width: number, ...left: IMetric[]): IWidget {
  return new GraphWidget({ title, width, left });
}
