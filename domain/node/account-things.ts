/** What an account has that a node can be made of, as lists show it. Names are those of the tag `Name`, unless EC2 has names. */

export interface AccountRegion {
  readonly id: string;
}

export interface AccountZone {
  readonly name: string;
  /** The same in every account, unlike the name. */
  readonly id: string;
  readonly region: string;
  readonly state: string;
}

export interface AccountVpc {
  readonly id: string;
  readonly name?: string | undefined;
  readonly cidrBlock: string;
  readonly isDefault: boolean;
  readonly ownerId: string;
}

export interface AccountSubnet {
  readonly id: string;
  readonly name?: string | undefined;
  readonly vpcId: string;
  readonly availabilityZone: string;
  /** Absent if it has only IPv6 addresses. */
  readonly cidrBlock?: string | undefined;
  readonly hasIpv6: boolean;
  /** Of IPv4. */
  readonly freeAddresses: number;
  readonly ownerId: string;
}

export interface AccountAddress {
  readonly allocationId: string;
  readonly publicIp: string;
  readonly name?: string | undefined;
  readonly interfaceId?: string | undefined;
  readonly instanceId?: string | undefined;
}

export interface AccountImage {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly architecture: string;
  readonly state: string;
  /** Like `Linux/UNIX`. */
  readonly platform: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly isDeprecated: boolean;
}

export interface ImageQuery {
  /** `self`, `amazon`, `aws-marketplace`, or the id of an account. */
  readonly owner: string;
  /** May have `*`. */
  readonly name?: string | undefined;
  readonly architecture?: string | undefined;
}

export interface AccountSecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly description: string;
  readonly rules: readonly SecurityGroupRule[];
}

export interface SecurityGroupRule {
  readonly direction: 'inbound' | 'outbound';
  /** `all`, or EC2's name or number of the protocol. */
  readonly protocol: string;
  /** For ICMP, the type. Absent: all. */
  readonly fromPort?: number | undefined;
  /** For ICMP, the code. Absent: all. */
  readonly toPort?: number | undefined;
  /** Where the traffic comes from, or goes to: address ranges, security groups and prefix lists. */
  readonly peers: readonly string[];
}

export interface AccountKeyPair {
  readonly name: string;
  readonly id: string;
  /** `rsa` or `ed25519`. */
  readonly type: string;
}

export interface AccountInstanceType {
  readonly name: string;
  readonly architectures: readonly string[];
  readonly vCpus: number;
  readonly memoryMib: number;
  readonly maximumInterfaces: number;
  /** `required`, `supported` or `unsupported`. */
  readonly enaSupport: string;
  readonly isBurstable: boolean;
  readonly hasSpot: boolean;
}

/** The price of a type at present, in one zone. */
export interface ZoneSpotPrice {
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly usdPerHour: number;
}
