/** Maps each command to its implementation. A command that is missing here is not simulated. */
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  CreateFleetCommand,
  CreateLaunchTemplateCommand,
  CreateNetworkInterfaceCommand,
  CreateTagsCommand,
  DeleteLaunchTemplateCommand,
  DeleteNetworkInterfaceCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeInstanceTypesCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeSpotPriceHistoryCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  DetachNetworkInterfaceCommand,
  DisassociateAddressCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReleaseAddressCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Attachments } from './network/attachments';
import type { Catalogue } from './catalogue';
import type { ElasticIps } from './network/elastic-ips';
import type { Fleets } from './instances/fleets';
import { describeInstanceAttribute } from './instances/instance-attributes';
import type { InstanceShapes } from './instances/instance-shape';
import type { Launch } from './instances/launch';
import type { LaunchTemplates } from './instances/launch-templates';
import type { Lifecycle } from './instances/lifecycle';
import type { NetworkInterfaces } from './network/network-interfaces';
import type { Simulation } from './ec2-state';
import type { SpotPrices } from './instances/spot-prices';
import { describeSpotRequests } from './instances/spot-requests';
import { describeAvailabilityZones, describeRegions } from './regions';
import { createTags, deleteTags } from './requests/tags';
import type { Volumes } from './instances/volumes';

export interface Operation {
  /** EC2's name for it, like `RunInstances`. */
  readonly name: string;
  readonly perform: (input: object) => object;
}

export interface OperationParts {
  readonly simulation: Simulation;
  readonly launch: Launch;
  readonly templates: LaunchTemplates;
  readonly fleets: Fleets;
  readonly lifecycle: Lifecycle;
  readonly shapes: InstanceShapes;
  readonly interfaces: NetworkInterfaces;
  readonly attachments: Attachments;
  readonly elasticIps: ElasticIps;
  readonly catalogue: Catalogue;
  readonly volumes: Volumes;
  readonly spotPrices: SpotPrices;
}

/** By command class. */
export function operationsOf(parts: OperationParts, pageSize: number): ReadonlyMap<unknown, Operation> {
  const { simulation, launch, templates, fleets, lifecycle, shapes, interfaces } = parts;
  const { attachments, elasticIps, catalogue, volumes, spotPrices } = parts;
  return new Map([
    on(RunInstancesCommand, (input) => launch.run(input)),
    on(CreateLaunchTemplateCommand, (input) => templates.create(input)),
    on(DeleteLaunchTemplateCommand, (input) => templates.delete(input)),
    on(DescribeLaunchTemplatesCommand, (input) => templates.describe(input, pageSize)),
    on(CreateFleetCommand, (input) => fleets.create(input)),
    on(TerminateInstancesCommand, (input) => lifecycle.terminate(input)),
    on(StopInstancesCommand, (input) => lifecycle.stop(input)),
    on(StartInstancesCommand, (input) => lifecycle.start(input)),
    on(DescribeInstancesCommand, (input) => shapes.describe(input, pageSize)),
    on(DescribeSpotInstanceRequestsCommand, (input) => describeSpotRequests(simulation, input)),
    on(DescribeInstanceAttributeCommand, (input) => describeInstanceAttribute(simulation, input)),
    on(DescribeInstanceStatusCommand, (input) => shapes.describeStatus(input, pageSize)),

    on(CreateNetworkInterfaceCommand, (input) => interfaces.create(input)),
    on(DeleteNetworkInterfaceCommand, (input) => interfaces.delete(input)),
    on(ModifyNetworkInterfaceAttributeCommand, (input) => interfaces.modify(input)),
    on(DescribeNetworkInterfacesCommand, (input) => interfaces.describe(input, pageSize)),
    on(AttachNetworkInterfaceCommand, (input) => attachments.attach(input)),
    on(DetachNetworkInterfaceCommand, (input) => attachments.detach(input)),

    on(AllocateAddressCommand, (input) => elasticIps.allocate(input)),
    on(ReleaseAddressCommand, (input) => elasticIps.release(input)),
    on(AssociateAddressCommand, (input) => elasticIps.associate(input)),
    on(DisassociateAddressCommand, (input) => elasticIps.disassociate(input)),
    on(DescribeAddressesCommand, (input) => elasticIps.describe(input)),

    on(DescribeVolumesCommand, (input) => volumes.describe(input, pageSize)),
    on(DeleteVolumeCommand, (input) => volumes.delete(input)),

    on(CreateTagsCommand, (input) => createTags(simulation, input)),
    on(DeleteTagsCommand, (input) => deleteTags(simulation, input)),

    on(DescribeRegionsCommand, (input) => describeRegions(simulation, input)),
    on(DescribeAvailabilityZonesCommand, (input) => describeAvailabilityZones(simulation, input)),
    on(DescribeVpcsCommand, (input) => catalogue.describeVpcs(input, pageSize)),
    on(DescribeInternetGatewaysCommand, (input) => catalogue.describeInternetGateways(input, pageSize)),
    on(DescribeSubnetsCommand, (input) => catalogue.describeSubnets(input, pageSize)),
    on(DescribeSecurityGroupsCommand, (input) => catalogue.describeSecurityGroups(input, pageSize)),
    on(DescribeImagesCommand, (input) => catalogue.describeImages(input, pageSize)),
    on(DescribeSnapshotsCommand, (input) => catalogue.describeSnapshots(input, pageSize)),
    on(DescribeKeyPairsCommand, (input) => catalogue.describeKeyPairs(input)),
    on(DescribeInstanceTypesCommand, (input) => catalogue.describeInstanceTypes(input, pageSize)),
    on(DescribeSpotPriceHistoryCommand, (input) => spotPrices.describe(input, pageSize)),
  ]);
}

/** The command class gives the input's type and, without its suffix, EC2's name for the operation. */
function on<Input extends object>(
  command: abstract new (input: Input) => { readonly input: Input },
  perform: (input: Input) => object,
): [unknown, Operation] {
  const name = command.name.replace(/Command$/, '');
  return [command, { name, perform: (input) => perform(input as Input) }];
}
