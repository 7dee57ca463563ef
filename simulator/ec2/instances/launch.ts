/**
 * `RunInstances`: the checked request becomes instances, all or nothing.
 *
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html,
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
import type { RunInstancesCommandOutput, RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { Attachments } from '../network/attachments';
import { claimCapacity } from './capacity';
import { resourcesOfToken, spendToken } from '../requests/client-tokens';
import { ec2Error } from '../requests/ec2-error';
import { assignPlannedFailure } from './planned-failures';
import type { InstanceShapes } from './instance-shape';
import type { LaunchPlan, LaunchRequests } from './launch-request';
import type { Lifecycle } from './lifecycle';
import type { InterfacePlan, NetworkInterfaces } from '../network/network-interfaces';
import type { Without$metadata } from '../requests/parameters';
import { checkVolumes } from './quotas';
import type { Simulation } from '../ec2-state';
import type { Volumes } from './volumes';
import type { Instance } from '../world';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/tag-ec2-fleet.html */
const FLEET_TAG = 'aws:ec2:fleet-id';

export interface LaunchParts {
  readonly requests: LaunchRequests;
  readonly interfaces: NetworkInterfaces;
  readonly attachments: Attachments;
  readonly lifecycle: Lifecycle;
  readonly shapes: InstanceShapes;
  readonly volumes: Volumes;
}

export class Launch {
  constructor(
    private readonly simulation: Simulation,
    private readonly parts: LaunchParts,
  ) {}

  run(input: RunInstancesRequest): Without$metadata<RunInstancesCommandOutput> {
    const made = resourcesOfToken(this.simulation.world, 'RunInstances', input);
    const instances = made === undefined ? this.runNew(input) : this.again(made);
    const ids = instances.map(({ id }) => id);
    spendToken(this.simulation.world, 'RunInstances', input, ids);
    return this.parts.shapes.launched(instances);
  }

  /** The instance of an instant fleet. EC2 gives it a tag and a client token of its own. */
  forFleet(fleetId: string, input: RunInstancesRequest): readonly Instance[] {
    const instances = this.runNew({ ...input, ClientToken: `${fleetId}-0` });
    for (const { tags } of instances) tags.current[FLEET_TAG] = fleetId;
    return instances;
  }

  /** Returns what the token made before, in its present state, even if it is not visible yet. */
  private again(ids: readonly string[]): Instance[] {
    return ids.map((id) => {
      const instance = this.simulation.world.instances.get(id);
      if (instance === undefined || instance.state === 'terminated') {
        throw ec2Error('IdempotentInstanceTerminated', `The instance of this client token, ${id}, has been terminated`);
      }
      return instance;
    });
  }

  private runNew(input: RunInstancesRequest): Instance[] {
    const plan = this.parts.requests.read(input);
    const pool = {
      instanceType: plan.type.id,
      availabilityZone: plan.subnet.availabilityZone,
      lifeCycle: plan.lifeCycle,
    };
    const count = claimCapacity(this.simulation, pool, plan.type, plan.leastCount, plan.mostCount);
    const gibEach = plan.volumes.reduce((sum, { sizeGib }) => sum + sizeGib, 0);
    checkVolumes(this.simulation.world, pool.availabilityZone, count * gibEach);
    const newInterfaces = this.planInterfaces(plan, count);
    const reservationId = this.simulation.newId('r');
    return newInterfaces.map((interfaces, launchIndex) => {
      const instance = this.addInstance(input, plan, reservationId, launchIndex);
      this.attachInterfaces(plan, instance, interfaces);
      this.parts.volumes.addAtLaunch(instance, plan.volumes);
      return instance;
    });
  }

  /** Plans the new interfaces of every instance. All are checked before the first is made. */
  private planInterfaces(plan: LaunchPlan, count: number): InterfacePlan[][] {
    const taken = new Set<string>();
    return Array.from({ length: count }, () =>
      plan.interfaces.flatMap(({ source }) => {
        if (source.kind === 'existing') return [];
        const tags = plan.tags['network-interface'];
        const planned = this.parts.interfaces.plan({ ...source.request, tags }, taken);
        taken.add(planned.privateIpAddress);
        return [planned];
      }),
    );
  }

  private addInstance(
    input: RunInstancesRequest,
    plan: LaunchPlan,
    reservationId: string,
    launchIndex: number,
  ): Instance {
    const { simulation } = this;
    const instance: Instance = {
      id: simulation.newId('i'),
      ordinal: simulation.nextOrdinal(),
      tags: simulation.newTags(plan.tags['instance'] ?? {}),
      reservationId,
      launchIndex,
      instanceType: plan.type.id,
      imageId: plan.image.id,
      lifeCycle: plan.lifeCycle,
      subnetId: plan.subnet.id,
      vpcId: plan.subnet.vpcId,
      availabilityZone: plan.subnet.availabilityZone,
      visibleAt: simulation.now() + simulation.latencyMs('newResourceVisible'),
      ...(input.ClientToken !== undefined && { clientToken: input.ClientToken }),
      ...(plan.lifeCycle === 'spot' && { spotRequestId: `sir-${simulation.drawn('id/sir').hex(8)}` }),
      ...(input.KeyName !== undefined && { keyName: input.KeyName }),
      settings: this.parts.shapes.settings(input),
      volumeTags: plan.tags['volume'] ?? {},
      isTerminationProtected: input.DisableApiTermination ?? false,
      state: 'pending',
      launchedAt: simulation.now(),
      blockedDeviceIndexes: [],
    };
    simulation.world.instances.set(instance.id, instance);
    assignPlannedFailure(simulation, instance);
    return instance;
  }

  private attachInterfaces(plan: LaunchPlan, instance: Instance, newInterfaces: readonly InterfacePlan[]): void {
    const bootMs = this.parts.lifecycle.begin(instance);
    const unmade = [...newInterfaces];
    for (const { source, deviceIndex, deleteOnTermination } of plan.interfaces) {
      const networkInterface =
        source.kind === 'existing'
          ? source.networkInterface
          : this.parts.interfaces.add(unmade.shift() as InterfacePlan);
      this.parts.attachments.begin(networkInterface, instance.id, {
        deviceIndex,
        deleteOnTermination,
        takesMs: Math.min(bootMs, this.simulation.latencyMs('interfaceAttachedAtLaunch')),
      });
    }
  }
}
