/** Scenarios of the seeds from 990000 on that failed once: see regressions.ts. */
import { plainScenario } from './plain-scenario';
import type { Happening, Scenario } from './scenario';

export interface Regression {
  readonly name: string;
  readonly scenario: Scenario;
}

/** EC2 refuses to take off an Elastic IP that an update drops while the first launch is being confirmed. */
const REFUSED_REMOVAL: readonly Happening[] = [
  {
    kind: 'call-fault',
    service: 'dynamodb',
    fault: 'throttle',
    command: 'GetItem',
    step: 'confirm-node',
    entering: { machine: 'launch', state: 'Confirm the node' },
    nth: 1,
    count: 31,
    atSeconds: 0,
  },
  { atSeconds: 55, kind: 'update', node: 0, change: { field: 'elastic-ip', value: 'none' } },
  { atSeconds: 144, during: 'await-instance', afterMs: 500, kind: 'refusal', node: 0, action: 'DisassociateAddress' },
];

const HOT_ATTACHMENT = { machine: 'replace', state: 'Hot: attach the ENI and reassociate the EIP' } as const;

/** During a hot attachment, the interface is detached by hand and attached elsewhere, and the events are lost. */
const TAKEN_IN_A_HOT_ATTACHMENT: readonly Happening[] = [
  {
    kind: 'call-fault',
    service: 'dynamodb',
    fault: 'hang-before',
    step: 'attach-eni',
    entering: HOT_ATTACHMENT,
    nth: 1,
    atSeconds: 120,
  },
  {
    kind: 'manual-change',
    how: 'detach-interface',
    node: 0,
    entering: HOT_ATTACHMENT,
    afterMs: 5_000,
    atSeconds: 120,
  },
  {
    kind: 'call-fault',
    service: 'ec2',
    fault: 'delayed',
    command: 'AttachNetworkInterface',
    step: 'attach-eni',
    entering: HOT_ATTACHMENT,
    nth: 1,
    atSeconds: 120,
  },
  {
    kind: 'manual-change',
    how: 'attach-interface-elsewhere',
    node: 0,
    entering: HOT_ATTACHMENT,
    afterMs: 62_500,
    atSeconds: 120,
  },
  { kind: 'recycle', node: 0, atSeconds: 125 },
  { kind: 'event-fault', of: 'state-change', fault: 'lost', count: 3, atSeconds: 131 },
];

export const LATER_REGRESSIONS: readonly Regression[] = [
  {
    name: 'an operation waits for the address of the interface that the failure before it is still removing',
    scenario: {
      ...plainScenario(
        [
          { kind: 'update', node: 0, change: { field: 'private-ip', value: '10.0.0.60' }, atSeconds: 72 },
          { kind: 'interrupt-twice', node: 0, afterSeconds: 19, atSeconds: 120, during: 'fail-operation', afterMs: 0 },
          { kind: 'refusal', node: 0, action: 'RunInstances', atSeconds: 121 },
          { kind: 'recycle', node: 0, atSeconds: 151 },
        ],
        { attachment: 'hot', hasElasticIp: false, rebalance: 'replace' },
      ),
      seed: 993_395,
    },
  },
  {
    name: 'an instance whose replacement fails and is tried again counts once among those that keep ending',
    scenario: {
      ...plainScenario(
        [
          { kind: 'crash-loop', node: 0, count: 1, afterSeconds: 75, atSeconds: 134 },
          { kind: 'refusal', node: 0, action: 'TerminateInstances', atSeconds: 242 },
          { kind: 'interrupt', node: 0, atSeconds: 299 },
        ],
        { hasElasticIp: false, rebalance: 'replace', keepsVolumes: true },
        { describeLagMs: 6_000 },
      ),
      seed: 1_003_499,
    },
  },
  {
    name: 'an instance that the record does not name ends first, because nothing says how it carries the interface',
    scenario: {
      ...plainScenario(
        [
          {
            kind: 'call-fault',
            service: 'dynamodb',
            fault: 'throttle',
            command: 'GetItem',
            step: 'await-instance',
            entering: { machine: 'launch', state: 'Cold: wait until the replacement runs' },
            nth: 1,
            count: 31,
            atSeconds: 0,
          },
          {
            kind: 'update',
            node: 0,
            change: { field: 'tag', value: 'featured' },
            entering: { machine: 'launch', state: 'Cold: wait until the replacement runs' },
            afterMs: 2000,
            atSeconds: 0,
          },
          {
            kind: 'recycle',
            node: 0,
            entering: { machine: 'launch', state: 'Cold: wait until the replacement runs' },
            afterMs: 5000,
            atSeconds: 0,
          },
          {
            kind: 'call-fault',
            service: 'ec2',
            fault: 'error-before',
            command: 'DescribeInstances',
            step: 'fail-operation',
            entering: { machine: 'launch', state: 'Record the failure' },
            nth: 1,
            count: 2,
            atSeconds: 0,
          },
          {
            kind: 'call-fault',
            service: 'dynamodb',
            fault: 'throttle',
            command: 'GetItem',
            step: 'ensure-eni',
            entering: { machine: 'replace', state: 'Prepare the ENI' },
            nth: 1,
            count: 31,
            atSeconds: 60,
          },
          {
            atSeconds: 81,
            during: 'fail-operation',
            afterMs: 0,
            kind: 'update',
            node: 0,
            change: { field: 'attachment', value: 'hot' },
          },
        ],
        { hasElasticIp: false, privateIp: undefined, rebalance: 'replace' },
      ),
      seed: 1_011_876,
    },
  },
  {
    name: 'a deletion whose write is sent again is answered as done',
    scenario: {
      ...plainScenario(
        [
          { kind: 'call-fault', service: 'dynamodb', fault: 'repeated', step: 'api', nth: 3, atSeconds: 63 },
          { kind: 'delete', node: 0, instance: false, interfaces: true, atSeconds: 407 },
        ],
        { hasElasticIp: false, privateIp: undefined },
      ),
      seed: 999_179,
    },
  },
  {
    name: 'an adjustment that EC2 refused takes the Elastic IP off when it is tried again',
    scenario: {
      ...plainScenario(REFUSED_REMOVAL, { lifeCycle: 'on_demand', privateIp: undefined }),
      seed: 1_021_785,
    },
  },
  {
    name: 'a pause before the next try of a refused adjustment does not leave the Elastic IP on the interface',
    scenario: {
      ...plainScenario(
        [...REFUSED_REMOVAL, { atSeconds: 282, kind: 'pause', node: 0 }],
        { attachment: 'hot', lifeCycle: 'on_demand', privateIp: undefined },
        { elasticIpSurvivesTermination: true },
      ),
      seed: 1_021_785,
    },
  },
  {
    name: 'a resume during an adjustment withdraws a pause that has failed',
    scenario: {
      ...plainScenario(
        [
          { kind: 'refusal', node: 0, action: 'TerminateInstances', atSeconds: 120 },
          { atSeconds: 289, kind: 'pause', node: 0 },
          { atSeconds: 300, during: 'attach-eni', afterMs: 500, kind: 'resume', node: 0 },
          {
            atSeconds: 300,
            during: 'wind-up',
            afterMs: 50,
            kind: 'update',
            node: 0,
            change: { field: 'tag', value: 'green' },
          },
        ],
        { attachment: 'hot', lifeCycle: 'on_demand' },
        { tableLatencyMs: 400 },
      ),
      seed: 1_177,
    },
  },
  {
    name: 'a launch template that EC2 refused to delete is deleted later',
    scenario: {
      ...plainScenario(
        [
          { kind: 'refusal', node: 0, action: 'DeleteLaunchTemplate', atSeconds: 292 },
          { kind: 'update', node: 0, change: { field: 'security-group', value: 'second' }, atSeconds: 372 },
        ],
        { attachment: 'hot', hasElasticIp: false },
      ),
      seed: 1_037_056,
    },
  },
  {
    name: 'the next try does not wait for the event of an instance that has long been running',
    scenario: {
      ...plainScenario(TAKEN_IN_A_HOT_ATTACHMENT, {
        attachment: 'hot',
        lifeCycle: 'on_demand',
        hasElasticIp: false,
        privateIp: undefined,
        rebalance: 'replace',
      }),
      seed: 1_035_636,
    },
  },
  {
    name: 'a forced detachment that EC2 throttled is forced again',
    scenario: {
      ...plainScenario([
        {
          kind: 'manual-change',
          node: 0,
          how: 'hang-detachment',
          atSeconds: 120,
          during: 'terminate-instance',
          afterMs: 20,
        },
        { atSeconds: 121, kind: 'recycle', node: 0 },
        { atSeconds: 350, kind: 'throttled', node: 1, actions: 'changes', seconds: 300 },
        {
          atSeconds: 368,
          during: 'launch-instance',
          afterMs: 150,
          kind: 'manual-change',
          node: 0,
          how: 'delete-on-termination',
        },
      ]),
      nodes: [
        ...plainScenario([], { attachment: 'hot', hasElasticIp: false, privateIp: undefined }).nodes,
        ...plainScenario([], { hasElasticIp: false, privateIp: undefined }).nodes,
      ],
      seed: 1_041_631,
    },
  },
];
