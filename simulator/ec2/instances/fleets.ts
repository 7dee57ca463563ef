/**
 * `CreateFleet` of the type `instant`, for one instance. EC2 launches it while the caller waits.
 *
 * A refusal of the launch is no error of the call: it is in `Errors`, with the code that `RunInstances` would have. Each
 * launch takes a token of RunInstances' bucket for instances, and an empty bucket is such a refusal too
 * (aws/aws-parallelcluster-node#734). The client token is used up by any answer, and a repeat returns the same one
 * (runs-on/runs-on#251). Whether a repeat lists instances and errors again is not documented.
 *
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFleet.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instant-fleet.html
 */
import {
  EC2ServiceException,
  type CreateFleetCommandOutput,
  type CreateFleetRequest,
  type FleetLaunchTemplateConfigRequest,
  type LaunchTemplateAndOverridesResponse,
  type RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import { resourcesOfToken, spendToken } from '../requests/client-tokens';
import { NotSimulated } from '../requests/ec2-error';
import { allowOnly, badValue, required, type Without$metadata } from '../requests/parameters';
import type { Simulation } from '../ec2-state';
import { readTagSpecifications } from '../requests/tags';
import type { Fleet, LaunchTemplate, LifeCycle } from '../world';
import type { Launch } from './launch';
import { dataOf, type LaunchTemplates } from './launch-templates';

export interface FleetParts {
  readonly launch: Launch;
  readonly templates: LaunchTemplates;
  /** Takes a token for an instance. @throws RequestLimitExceeded */
  readonly admitInstance: () => void;
  /** Whether the answer to a repeated request lists the instances and errors of the first. */
  readonly repeatsAreComplete: boolean;
}

interface FleetPlan {
  readonly template: LaunchTemplate;
  readonly lifeCycle: LifeCycle;
  readonly run: RunInstancesRequest;
  readonly used: LaunchTemplateAndOverridesResponse;
  readonly tags: Readonly<Record<string, string>>;
}

export class Fleets {
  constructor(
    private readonly simulation: Simulation,
    private readonly parts: FleetParts,
  ) {}

  create(input: CreateFleetRequest): Without$metadata<CreateFleetCommandOutput> {
    const { world } = this.simulation;
    const [made] = resourcesOfToken(world, 'CreateFleet', input) ?? [];
    const before = made === undefined ? undefined : world.fleets.get(made);
    if (before !== undefined) return this.parts.repeatsAreComplete ? answerOf(before) : { FleetId: before.id };
    const fleet = this.launch(this.read(input));
    world.fleets.set(fleet.id, fleet);
    spendToken(world, 'CreateFleet', input, [fleet.id, ...fleet.instanceIds]);
    return answerOf(fleet);
  }

  private read(input: CreateFleetRequest): FleetPlan {
    allowOnly('CreateFleet', input, [
      'ClientToken',
      'DryRun',
      'LaunchTemplateConfigs',
      'TagSpecifications',
      'TargetCapacitySpecification',
      'Type',
    ]);
    if (input.Type !== 'instant') throw new NotSimulated(`a fleet of the type ${input.Type ?? 'maintain'}`);
    const lifeCycle = readTarget(input);
    const [config, ...more] = required(input.LaunchTemplateConfigs, 'LaunchTemplateConfigs');
    if (config === undefined || more.length > 0) throw new NotSimulated('several LaunchTemplateConfigs in a fleet');
    const template = this.parts.templates.used(
      required(config.LaunchTemplateSpecification, 'LaunchTemplateSpecification'),
    );
    const overrides = readOverrides(config);
    const kinds = ['fleet', 'instance', 'volume', 'network-interface'];
    const tags = readTagSpecifications(input.TagSpecifications, 'CreateFleet', kinds);
    const data = dataOf(template);
    const run: RunInstancesRequest = {
      ...(data as RunInstancesRequest),
      MinCount: 1,
      MaxCount: 1,
      InstanceType: overrides.InstanceType,
      NetworkInterfaces: (data.NetworkInterfaces ?? []).map((each) => ({ ...each, SubnetId: overrides.SubnetId })),
      ...(lifeCycle === 'spot' && { InstanceMarketOptions: { MarketType: 'spot' } }),
      TagSpecifications: input.TagSpecifications?.filter(({ ResourceType }) => ResourceType !== 'fleet'),
    };
    const specification = { LaunchTemplateId: template.id, LaunchTemplateName: template.name, Version: '1' };
    const used = { LaunchTemplateSpecification: specification, Overrides: overrides };
    return { template, lifeCycle, run, used, tags: tags['fleet'] ?? {} };
  }

  private launch({ lifeCycle, run, used, tags }: FleetPlan): Fleet {
    const { simulation } = this;
    const id = `fleet-${simulation.newUuid('id/fleet')}`;
    const fleet = {
      id,
      ordinal: simulation.nextOrdinal(),
      tags: simulation.newTags(tags),
      lifeCycle,
      used: { ...used },
    };
    try {
      this.parts.admitInstance();
      const instances = this.parts.launch.forFleet(id, run);
      return { ...fleet, instanceIds: instances.map((instance) => instance.id), errors: [] };
    } catch (error) {
      if (!(error instanceof EC2ServiceException)) throw error;
      return { ...fleet, instanceIds: [], errors: [{ code: error.name, message: error.message }] };
    }
  }
}

function readTarget({ TargetCapacitySpecification: target }: CreateFleetRequest): LifeCycle {
  const given = required(target, 'TargetCapacitySpecification');
  allowOnly('TargetCapacitySpecification', given, ['DefaultTargetCapacityType', 'TotalTargetCapacity']);
  if (given.TotalTargetCapacity !== 1)
    throw new NotSimulated(`a fleet with a capacity of ${given.TotalTargetCapacity}`);
  switch (required(given.DefaultTargetCapacityType, 'DefaultTargetCapacityType')) {
    case 'spot':
      return 'spot';
    case 'on-demand':
      return 'on_demand';
    default:
      throw badValue(`Invalid DefaultTargetCapacityType: ${given.DefaultTargetCapacityType}`);
  }
}

function readOverrides({ Overrides: overrides = [] }: FleetLaunchTemplateConfigRequest) {
  const [only, ...more] = overrides;
  if (only === undefined || more.length > 0) throw new NotSimulated(`a fleet with ${overrides.length} overrides`);
  allowOnly('CreateFleet.Overrides', only, ['InstanceType', 'SubnetId']);
  const { InstanceType, SubnetId } = only;
  return { InstanceType: required(InstanceType, 'InstanceType'), SubnetId: required(SubnetId, 'SubnetId') };
}

function answerOf(fleet: Fleet): Without$metadata<CreateFleetCommandOutput> {
  const LaunchTemplateAndOverrides = fleet.used as LaunchTemplateAndOverridesResponse;
  const common = { LaunchTemplateAndOverrides, Lifecycle: fleet.lifeCycle === 'spot' ? 'spot' : 'on-demand' } as const;
  const { InstanceType } = LaunchTemplateAndOverrides.Overrides ?? {};
  return {
    FleetId: fleet.id,
    Instances: fleet.instanceIds.length === 0 ? [] : [{ ...common, InstanceIds: [...fleet.instanceIds], InstanceType }],
    Errors: fleet.errors.map(({ code, message }) => ({ ...common, ErrorCode: code, ErrorMessage: message })),
  };
}
