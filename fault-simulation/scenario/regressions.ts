/**
 * Scenarios that failed once, named by the behaviour that was wrong. They are stored as data, because the scenario of a
 * seed changes whenever the generator changes.
 */
import { plainScenario } from './plain-scenario';
import { LATER_REGRESSIONS, type Regression } from './later-regressions';

const update = { kind: 'update', node: 0, change: { field: 'tag', value: 'blue' } } as const;

const EARLIER: readonly Regression[] = [
  {
    name: 'a warning that arrives while settings are applied starts a replacement',
    scenario: plainScenario([
      { ...update, atSeconds: 120 },
      { kind: 'interrupt', node: 0, atSeconds: 110, during: 'apply-settings', afterMs: 50 },
    ]),
  },
  {
    name: 'a change of the settings of a node in ERROR keeps its reason',
    scenario: plainScenario(
      [
        { kind: 'no-capacity', of: 'all', seconds: 1_200, atSeconds: 0 },
        { kind: 'recycle', node: 0, atSeconds: 60 },
        { ...update, atSeconds: 900 },
      ],
      { fallbackToOd: false },
    ),
  },
  {
    name: 'a resume while settings are applied starts no other operation',
    scenario: plainScenario([
      { ...update, atSeconds: 120 },
      { kind: 'resume', node: 0, atSeconds: 110, during: 'apply-settings', afterMs: 50 },
    ]),
  },
  {
    name: 'an interface that a user deletes before the launch is created again at once',
    scenario: plainScenario([
      { kind: 'recycle', node: 0, atSeconds: 120 },
      { kind: 'manual-change', how: 'delete-interface', node: 0, atSeconds: 110, during: 'associate-eip', afterMs: 0 },
    ]),
  },
  {
    name: 'an Elastic IP that EC2 shows late on the interface of a paused node is removed',
    scenario: {
      ...plainScenario([
        {
          kind: 'update',
          node: 0,
          change: { field: 'elastic-ip', value: 'none' },
          atSeconds: 120,
          during: 'settle-pause',
          afterMs: 80,
        },
        { kind: 'pause', node: 0, atSeconds: 121 },
      ]),
      seed: 3335,
    },
  },
  {
    name: 'a new address does not wait for the release of the previous interface',
    scenario: {
      ...plainScenario(
        [
          {
            kind: 'update',
            node: 0,
            change: { field: 'private-ip', value: '10.0.0.61' },
            atSeconds: 120,
            during: 'confirm-node',
            afterMs: 20,
          },
          { kind: 'recycle', node: 0, atSeconds: 121 },
          { kind: 'slow-interface', node: 0, seconds: 2_400, atSeconds: 168 },
          { kind: 'recycle', node: 0, atSeconds: 308 },
        ],
        { hasElasticIp: false, rebalance: 'replace' },
        { latencies: 'quick' },
      ),
      seed: 109_309,
    },
  },
  {
    name: 'DeleteOnTermination that a user sets during the confirmation is switched off again',
    scenario: {
      ...plainScenario(
        [
          {
            kind: 'manual-change',
            how: 'delete-on-termination',
            node: 0,
            atSeconds: 120,
            during: 'confirm-node',
            afterMs: 20,
          },
          { kind: 'recycle', node: 0, atSeconds: 121 },
          { kind: 'call-fault', service: 'ec2', fault: 'error-before', nth: 2, atSeconds: 320 },
        ],
        { attachment: 'hot', hasElasticIp: false },
        { tableLatencyMs: 400 },
      ),
      seed: 101_561,
    },
  },
  {
    name: 'a pending replacement is not forgotten when settings are applied in the meantime',
    scenario: plainScenario(
      [
        { kind: 'no-capacity', of: 'all', seconds: 900, atSeconds: 121 },
        { kind: 'recycle', node: 0, atSeconds: 151 },
        {
          kind: 'update',
          node: 0,
          change: { field: 'tag', value: 'green' },
          atSeconds: 260,
          during: 'waiting-for-capacity',
        },
        { kind: 'rebalance', node: 0, atSeconds: 376 },
      ],
      { attachment: 'hot', hasElasticIp: false, rebalance: 'replace' },
    ),
  },
  {
    name: 'an instance that has ended is not drained',
    scenario: plainScenario(
      [{ kind: 'manual-change', how: 'terminate', node: 0, atSeconds: 120 }],
      { drainingSeconds: 90 },
      {
        latencies: 'steady',
        promptEvents: true,
      },
    ),
  },
  {
    name: 'an Elastic IP that a failed operation put back is visible before the next operation removes it',
    scenario: {
      ...plainScenario(
        [
          {
            kind: 'update',
            node: 0,
            change: { field: 'elastic-ip', value: 'none' },
            atSeconds: 120,
            during: 'fail-operation',
            afterMs: 80,
          },
          { kind: 'no-capacity', of: 'all', seconds: 900, atSeconds: 121 },
          { kind: 'recycle', node: 0, atSeconds: 151 },
        ],
        { rebalance: 'replace' },
        { shortPageShare: 0.5 },
      ),
      seed: 26_522,
    },
  },
  {
    name: 'a deleted interface is not requested again when the search for capacity returns to its subnet',
    scenario: {
      ...plainScenario(
        [
          { kind: 'no-capacity', of: 'all', seconds: 900, atSeconds: 121 },
          { kind: 'recycle', node: 0, atSeconds: 151 },
          { kind: 'manual-change', how: 'delete-interface', node: 0, atSeconds: 319 },
        ],
        { privateIp: undefined, persistPrivateIp: false, subnets: 3, rebalance: 'replace' },
      ),
      seed: 81_679,
    },
  },
  {
    name: 'an update that meets a deletion releases the claim of the Elastic IP that it asked for',
    scenario: plainScenario(
      [
        { kind: 'update', node: 0, change: { field: 'elastic-ip', value: 'other' }, atSeconds: 244 },
        { kind: 'delete', node: 0, instance: false, interfaces: false, atSeconds: 244.5 },
      ],
      { hasElasticIp: false },
      { tableLatencyMs: 400 },
    ),
  },
  {
    name: 'a detachment that hangs is forced again if EC2 refused the force while the instance was shutting down',
    scenario: plainScenario(
      [
        { kind: 'reclaim', node: 0, atSeconds: 65 },
        { kind: 'recycle', node: 0, atSeconds: 122 },
        { kind: 'manual-change', how: 'stick-interface', node: 0, atSeconds: 124 },
      ],
      { attachment: 'hot' },
      { latencies: 'steady' },
    ),
  },
  {
    name: 'frequent looks at interfaces that ended replacements keep do not use up the rate limit',
    scenario: {
      ...plainScenario(
        [
          { kind: 'slow-interface', node: 0, seconds: 2_400, atSeconds: 41 },
          { kind: 'launch-deaths', node: 0, count: 20, atSeconds: 59, during: 'detach-eni', afterMs: 500 },
          { kind: 'recycle', node: 0, atSeconds: 121 },
          { kind: 'no-capacity', of: 'spot', seconds: 900, atSeconds: 198 },
        ],
        { hasElasticIp: false, rebalance: 'replace' },
        { latencies: 'quick' },
      ),
      seed: 971_191,
    },
  },
  {
    name: 'the Elastic IP of an interface that an ended instance has waits for the next try of the launch',
    scenario: {
      ...plainScenario(
        [
          {
            kind: 'call-fault',
            service: 'dynamodb',
            fault: 'hang-before',
            step: 'launch-instance',
            entering: { machine: 'launch', state: 'Cold: reassociate the EIP and launch the replacement' },
            nth: 1,
            atSeconds: 0,
          },
          {
            kind: 'manual-change',
            how: 'attach-interface-elsewhere',
            node: 0,
            entering: { machine: 'launch', state: 'Cold: reassociate the EIP and launch the replacement' },
            afterMs: 5_000,
            atSeconds: 0,
          },
          {
            kind: 'manual-change',
            how: 'disassociate-address',
            node: 0,
            atSeconds: 101,
            during: 'take-node',
            afterMs: 0,
          },
          { kind: 'update', node: 0, change: { field: 'security-group', value: 'both' }, atSeconds: 358 },
        ],
        { privateIp: undefined },
      ),
      seed: 971_909,
    },
  },
  {
    name: 'an update of a node whose import has not adopted its instance changes neither the instance nor the interface',
    scenario: {
      ...plainScenario(
        [
          {
            kind: 'call-fault',
            service: 'dynamodb',
            fault: 'throttle',
            command: 'GetItem',
            step: 'adopt-instance',
            entering: { machine: 'replace', state: 'Adopt the instance' },
            nth: 1,
            count: 31,
            atSeconds: 0,
          },
          { kind: 'update', node: 0, change: { field: 'instance-types', value: 'first' }, atSeconds: 282 },
        ],
        {
          hasElasticIp: false,
          privateIp: undefined,
          rebalance: 'replace',
          importing: { shouldKeepPrivateIp: true, shouldTerminateInstance: true },
        },
      ),
      seed: 977_464,
    },
  },
  {
    name: 'replacements that fail and then end are launched with growing pauses',
    scenario: {
      ...plainScenario(
        [
          { kind: 'crash-loop', node: 0, count: 60, afterSeconds: 75, atSeconds: 33 },
          { kind: 'manual-change', how: 'release-address', node: 0, atSeconds: 99 },
          { kind: 'interrupt', node: 0, atSeconds: 385 },
        ],
        { attachment: 'hot', privateIp: undefined, rebalance: 'replace' },
      ),
      seed: 977_579,
    },
  },
  {
    name: 'a retry does not associate the Elastic IP that an update has removed since the first try',
    scenario: {
      ...plainScenario(
        [
          { kind: 'refusal', node: 0, action: 'TerminateInstances', atSeconds: 120, during: 'attach-eni', afterMs: 20 },
          { kind: 'recycle', node: 0, atSeconds: 121 },
          { kind: 'reclaim', node: 0, atSeconds: 279, during: 'ensure-eni', afterMs: 2_000 },
          { kind: 'update', node: 0, change: { field: 'elastic-ip', value: 'none' }, atSeconds: 324 },
        ],
        { attachment: 'hot' },
        { elasticIpSurvivesTermination: true },
      ),
      seed: 978_844,
    },
  },
  {
    name: 'an Elastic IP that a restored record does not know is left on the interface',
    scenario: {
      ...plainScenario(
        [
          { kind: 'update', node: 0, change: { field: 'elastic-ip', value: 'own' }, atSeconds: 149 },
          { kind: 'table', how: 'rolled-back', backSeconds: 400, atSeconds: 460 },
        ],
        { hasElasticIp: false, privateIp: undefined, rebalance: 'replace' },
      ),
      seed: 978_152,
    },
  },
  {
    name: 'an update that a deletion refuses keeps the claim of the Elastic IP that the operation under way associates',
    scenario: {
      ...plainScenario(
        [
          {
            kind: 'update',
            node: 0,
            change: { field: 'private-ip', value: '10.0.0.61' },
            atSeconds: 88,
            during: 'terminate-instance',
            afterMs: 50,
          },
          {
            kind: 'delete',
            node: 0,
            instance: true,
            interfaces: false,
            atSeconds: 120,
            during: 'terminate-instance',
            afterMs: 80,
          },
          { kind: 'recycle', node: 0, atSeconds: 121 },
        ],
        { rebalance: 'replace' },
      ),
      seed: 989_389,
    },
  },
];

export const REGRESSIONS: readonly Regression[] = [...EARLIER, ...LATER_REGRESSIONS];
