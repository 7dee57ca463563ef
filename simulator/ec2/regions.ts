/** The Regions and zones of the account. It uses one Region, and has the zones of its subnets. */
import type {
  AvailabilityZone,
  DescribeAvailabilityZonesRequest,
  DescribeRegionsRequest,
  Region,
} from '@aws-sdk/client-ec2';
import type { Simulation } from './ec2-state';
import { allowOnly } from './requests/parameters';

export function describeRegions({ world }: Simulation, input: DescribeRegionsRequest): { Regions: Region[] } {
  allowOnly('DescribeRegions', input, ['DryRun']);
  const { region } = world;
  return {
    Regions: [{ RegionName: region, Endpoint: `ec2.${region}.amazonaws.com`, OptInStatus: 'opt-in-not-required' }],
  };
}

export function describeAvailabilityZones(
  { world }: Simulation,
  input: DescribeAvailabilityZonesRequest,
): { AvailabilityZones: AvailabilityZone[] } {
  allowOnly('DescribeAvailabilityZones', input, ['DryRun']);
  const { region, subnets } = world;
  const names = new Set([...subnets.values()].map(({ availabilityZone }) => availabilityZone));
  return {
    AvailabilityZones: [...names].sort().map((name) => ({
      ZoneName: name,
      ZoneId: `${idPrefixOf(region)}-az${name.charCodeAt(name.length - 1) - 'a'.charCodeAt(0) + 1}`,
      RegionName: region,
      GroupName: region,
      NetworkBorderGroup: region,
      ZoneType: 'availability-zone',
      State: 'available',
      OptInStatus: 'opt-in-not-required',
    })),
  };
}

/** `us-east-1` becomes `use1`. */
function idPrefixOf(region: string): string {
  const [area = '', direction = '', number = ''] = region.split('-');
  return `${area}${direction.charAt(0)}${number}`;
}
