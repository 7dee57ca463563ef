/** Generated from the OpenAPI document: `npm run api-types`. Do not edit. */
export interface paths {
  '/aws/ec2/managedInstance': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List all nodes
     * @description In the order of their ids. Lambda returns at most 6 MB: if the nodes do not fit into one response, it has a nextToken. Each item has its configuration twice: beside the id, and under `config`. With `fields`, each item has only the fields that were asked for.
     */
    get: operations['listNodes'];
    put?: never;
    /**
     * Create a node and launch it
     * @description Nothing is created before everything has been checked; an error response names every error.
     */
    post: operations['createNode'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/state': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Pause and resume nodes in bulk
     * @description Changes every node that can be changed. If some cannot, the response is an error that names them; the others have been changed all the same.
     */
    put: operations['changeStates'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a node's configuration */
    get: operations['getNode'];
    /**
     * Change a node's configuration
     * @description Partial: objects are merged, lists are replaced, and `null` removes a field. Accepted while an operation is under way. Settings of the instance take effect with the next one.
     */
    put: operations['updateNode'];
    post?: never;
    /**
     * Delete a node
     * @description After the response the node no longer exists for any request. Its resources are removed after that.
     */
    delete: operations['deleteNode'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}/pause': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Pause a node
     * @description Terminates its instance and keeps its interface and addresses. A repeat is harmless. If an operation is under way, the action is carried out after it.
     */
    put: operations['pauseNode'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}/resume': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Resume a paused node
     * @description Launches an instance with the kept interface and addresses. A repeat is harmless. If an operation is under way, the action is carried out after it.
     */
    put: operations['resumeNode'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}/recycle': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Replace the instance of a node
     * @description The new instance has the interface and addresses of the old one. A repeat is harmless. If an operation is under way, the action is carried out after it.
     */
    put: operations['recycleNode'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}/status': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a node's status, instance and addresses */
    get: operations['getNodeStatus'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}/log': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read what happened to a node */
    get: operations['getNodeLog'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}/operations': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read what a node's operations did
     * @description Newest first; the operation under way is the first. Each with its steps, the states of its instances, and how long the address was away. Kept for 90 days.
     */
    get: operations['listNodeOperations'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}/replacements': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read what a node's replacements did
     * @description The operations of the kind `replace`. An import is one, too.
     */
    get: operations['listNodeReplacements'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}/stateVisits': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read what an operation passed from state to state
     * @description The states that its last execution has been in, newest first, each with its input and output. Step Functions keeps them for 90 days after the end of the execution; then there are none.
     */
    get: operations['listStateVisits'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/nodes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the nodes with status, addresses and instance
     * @description For pages that show all nodes and poll. Read from an index, which may lag a change by a moment. Nodes that are being deleted are left out. A request with If-None-Match costs little, whatever the number of nodes.
     */
    get: operations['listNodesForPages'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/check': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Check a configuration without creating or changing anything
     * @description The checks of a creation or an update, against the account as it is now. An address that another node has only reserved, because its interface is not made yet, is found by the creation or the update itself.
     */
    post: operations['checkConfiguration'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/account/regions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the Regions that the account uses
     * @description Of the account and Region of the deployment. Kept for a minute (instance types for an hour).
     */
    get: operations['listRegions'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/account/zones': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the Availability Zones
     * @description Of the account and Region of the deployment. Kept for a minute (instance types for an hour).
     */
    get: operations['listZones'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/account/vpcs': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the VPCs
     * @description Of the account and Region of the deployment. Kept for a minute (instance types for an hour).
     */
    get: operations['listVpcs'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/account/subnets': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the subnets with their free addresses
     * @description Of the account and Region of the deployment. Kept for a minute (instance types for an hour).
     */
    get: operations['listSubnets'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/account/addresses': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the Elastic IPs, and who has them
     * @description Of the account and Region of the deployment. Kept for a minute (instance types for an hour).
     */
    get: operations['listAddresses'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/account/security-groups': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the security groups with their rules
     * @description Of the account and Region of the deployment. Kept for a minute (instance types for an hour).
     */
    get: operations['listSecurityGroups'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/account/images': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List images by owner and name
     * @description Newest first. Kept for a minute.
     */
    get: operations['listImages'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/account/key-pairs': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the key pairs
     * @description Of the account and Region of the deployment. Kept for a minute (instance types for an hour).
     */
    get: operations['listKeyPairs'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/account/instance-types': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the instance types of the Region, with prices if asked for
     * @description Kept for an hour, and spot prices for a minute.
     */
    get: operations['listInstanceTypes'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/account/instance-profiles': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the roles that instances may be given
     * @description Of the account and Region of the deployment. Kept for a minute (instance types for an hour).
     */
    get: operations['listInstanceProfiles'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}/costs': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read what a node has cost
     * @description The hours of the instances that carried the node, at list prices: spot capacity at the spot price of each hour. Covers the last 30 days by default.
     */
    get: operations['getNodeCosts'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}/metrics': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read what CloudWatch has measured of a node's instances
     * @description CPU and network of each instance that carried the node in the range, newest instance first. CloudWatch charges three metrics for each instance.
     */
    get: operations['getNodeMetrics'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}/volume/{volumeId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Delete a volume that an instance of the node left behind
     * @description Instances leave behind the volumes whose mapping says `deleteOnTermination: false`. A volume that is in use or is not the node's is refused. The data on the volume is lost.
     */
    delete: operations['deleteNodeVolume'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}/resources': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List a node's resources in EC2
     * @description Instance, interface, volumes and Elastic IP. Of a deleted node: what its deletion has left. A deleted node that has left nothing does not exist.
     */
    get: operations['listNodeResources'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/{id}/resources/{resourceId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Delete a resource that a deleted node left behind
     * @description An interface or a volume with the tags of this deployment and of the deletion of this node, and not in use. Everything else is refused. The data on a volume is lost.
     */
    delete: operations['deleteLeftResource'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/resources': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List everything that deleted nodes left behind
     * @description Of all deleted nodes of the deployment, in the order of the ids.
     */
    get: operations['listLeftResources'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/migration': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Import a running instance as a node
     * @description Creates a node with the instance's settings, and replaces the instance by one of the node. New disks are made from the image. Nothing is changed before everything has been checked; an error response names every error.
     */
    post: operations['importInstance'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/migration/bulk': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Import instances in bulk
     * @description At most 20. Begins every valid import, and returns them in their order. `failures` has the imports that were refused; it is empty if none was.
     */
    post: operations['importInstances'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/migration/search': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Read many imports
     * @description At most 100. The response is an error if an id has no import; it names each such id.
     */
    post: operations['findImports'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/migration/{migrationId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read the state of an import */
    get: operations['getImport'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/aws/ec2/managedInstance/migration/{migrationId}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Cancel an import
     * @description Holdfast's own. Possible until MIGRATE_REPLACE: the original is left as it was before, and the node is deleted. A repeat is harmless.
     */
    put: operations['cancelImport'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/deployment': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Compare the records of the deployment with EC2
     * @description Reads EC2 as it is now. An instance or interface with the tag of this deployment and no record is unknown.
     */
    get: operations['getDeployment'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/holdfast/rebuild': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Rebuild the records from what EC2 shows
     * @description For a table that was emptied, restored to an earlier time, or lost. Makes the missing records and corrects those that are older than what EC2 shows. Changes nothing in EC2. Without `dryRun: false` it only shows what it would do. After a rebuild of all nodes the table is no longer in doubt, and Holdfast manages the nodes again.
     */
    post: operations['rebuildRecords'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/health': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Check that the API responds
     * @description Needs no token, and checks nothing behind the API.
     */
    get: operations['getHealth'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/openapi.json': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read this document
     * @description Plain OpenAPI, without the envelope, so that tools can read it.
     */
    get: operations['getOpenApi'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    ManagedInstance: {
      name: string;
      /** @description The only text that may hold newlines and tabs. */
      description?: string | null;
      /** @description The AWS Region in which Holdfast is deployed, which is the default. */
      region?: string | null;
      strategy?: {
        /** @description How instances are bought. Default: spot. */
        lifeCycle?: ('spot' | 'on_demand') | null;
        /** @description Whether an on-demand instance is launched where no spot capacity is left. Default: true. */
        fallbackToOd?: boolean | null;
        /** @description Seconds that the old instance gets before it is terminated; never more than a warning leaves it. */
        drainingTimeout?: number | null;
        /** @description Holdfast's own: whether a rebalance recommendation alone replaces the instance. Default: ignore. */
        rebalanceRecommendation?: ('ignore' | 'replace') | null;
        /** @description Holdfast's own: whether an old instance whose end takes the address is terminated without its OS shutdown. Default: false. What it has not written is lost; refused with volumes that outlive it. */
        skipOsShutdown?: boolean | null;
        revertToSpot?: {
          /** @description Only "never" for now: an on-demand instance is not replaced by a spot one. */
          performAt?: 'never' | null;
        } | null;
        /** @description Only an empty list for now: nothing is done in windows. */
        optimizationWindows?: unknown[] | null;
        /** @description Only false for now: reservations are not looked at. */
        utilizeReservedInstances?: false | null;
        /** @description Only false for now: commitments are not looked at. */
        utilizeCommitments?: false | null;
      } | null;
      persistence: {
        /** @description Whether the private IP (and its interface, MAC address and AZ) is kept. Else give compute.elasticIp. */
        persistPrivateIp?: boolean | null;
        /** @description Holdfast's own: how the persisted interface is carried. `cold` (default): as the primary interface, given at launch. `hot`: as a secondary one, moved between running instances. */
        eniAttachment?: ('cold' | 'hot') | null;
        /** @description Holdfast's own: whether the Elastic IP stays on the interface while the node is paused. Default: true. Where not, it is disassociated by a pause and put back by the next resume. */
        shouldKeepElasticIpOnPause?: boolean | null;
        /** @description Only false for now: only the network identity persists. */
        persistRootDevice?: false | null;
        /** @description Only false for now: only the network identity persists. */
        persistBlockDevices?: false | null;
      };
      healthCheck?: {
        /** @description Whether an instance that fails EC2's status checks is replaced. Default: true. */
        autoHealing?: boolean | null;
        /** @description Only "EC2" for now: nothing but EC2's own status checks is looked at. */
        type?: 'EC2' | null;
        /** @description Seconds after a launch in which a failing status check means nothing. Default: 120. */
        gracePeriod?: number | null;
        /** @description Seconds that a status check has to fail before the instance is replaced. Default: 120. */
        unhealthyDuration?: number | null;
      } | null;
      compute: {
        /** @description Where the node may live; each with an IPv4 range. A persisted private IP ties it to that of its first instance. */
        subnetIds: string[];
        vpcId: string;
        /** @description The allocation id of an Elastic IP, which follows the node. It serves one; the VPC needs an internet gateway. */
        elasticIp?: string | null;
        /** @description The address to persist; absent: one is chosen from the subnet. */
        privateIp?: string | null;
        /** @description What the image runs. Must fit the image, and chooses the prices of the costs. Default: Linux/UNIX. */
        product?:
          | (
              | 'Linux/UNIX'
              | 'Linux/UNIX (Amazon VPC)'
              | 'Red Hat Enterprise Linux'
              | 'Red Hat Enterprise Linux (Amazon VPC)'
              | 'SUSE Linux'
              | 'SUSE Linux (Amazon VPC)'
              | 'Windows'
              | 'Windows (Amazon VPC)'
            )
          | null;
        launchSpecification: {
          instanceTypes: {
            /** @description Tried before all others. */
            preferredType?: string | null;
            /** @description Tried next, in this order. */
            preferredTypes?: string[] | null;
            /** @description Tried in this order. Spot capacity first, then on-demand if strategy.fallbackToOd allows it. Default: none but the preferred ones. */
            types?: string[] | null;
          };
          /** @description The AMI. */
          imageId: string;
          /** @description Of the persisted interface, and of every other one that an instance of the node has. At most 5. Default: the default group of the VPC. */
          securityGroupIds?: string[] | null;
          /** @description The name of an EC2 key pair. */
          keyPair?: string | null;
          /** @description Base64; at most 16 KB before encoding. */
          userData?: string | null;
          /** @description Of the instance, besides Holdfast's own; of more if resourceTagSpecification says so. */
          tags?:
            | {
                /** @description Must not start with "aws:" or "holdfast:", which are reserved. Each key once, its case included. */
                tagKey: string;
                tagValue: string;
              }[]
            | null;
          /** @description What else than the instance gets the tags. */
          resourceTagSpecification?: {
            volumes?: {
              /** @description Whether the volumes of the instance get the tags too. Holdfast's own tags are on them in any case. Default: false. */
              shouldTag?: boolean | null;
            } | null;
            enis?: {
              /** @description Whether the persisted interface gets the tags too. Holdfast's own tags are on it in any case. Default: false. */
              shouldTag?: boolean | null;
            } | null;
            snapshots?: {
              /** @description Only false for now: no snapshots are made. */
              shouldTag?: false | null;
            } | null;
            amis?: {
              /** @description Only false for now: no images are made. */
              shouldTag?: false | null;
            } | null;
          } | null;
          /** @description The instance profile, by its name or its ARN. */
          iamRole?: {
            name?: string | null;
            arn?: string | null;
          } | null;
          networkInterfaces?:
            | {
                /** @constant */
                deviceIndex: 0;
                /** @description Whether a launch gives the primary interface a public IP of its own; absent: as the subnet says. The compute.elasticIp is associated in any case. A persisted primary interface never gets another one. */
                associatePublicIpAddress?: (boolean | null) | null;
                /** @description Whether the persisted interface is given an IPv6 address. */
                associateIpv6Address?: (boolean | null) | null;
              }[]
            | null;
          ebsOptimized?: boolean | null;
          /** @description Detailed CloudWatch monitoring. */
          monitoring?: boolean | null;
          tenancy?: ('default' | 'dedicated') | null;
          /** @description For burstable instance types: every type has to be one. */
          creditSpecification?: {
            /** @enum {string} */
            cpuCredits: 'standard' | 'unlimited';
          } | null;
          /** @description Devices are made anew with every instance: only the network identity is carried on. */
          blockDeviceMappings?:
            | {
                /** @description Like /dev/xvda. */
                deviceName: string;
                /** @description Given (as an empty string): leaves out the image's device of this name. */
                noDevice?: string | null;
                /** @description An instance store volume, like ephemeral0. */
                virtualName?: string | null;
                ebs?: {
                  deleteOnTermination?: boolean | null;
                  encrypted?: boolean | null;
                  /** @description For gp3, io1 and io2; the last two need it. */
                  iops?: number | null;
                  kmsKeyId?: string | null;
                  snapshotId?: string | null;
                  /** @description MiB/s; for gp3. */
                  throughput?: number | null;
                  /** @description GiB. Needed without a snapshotId, unless the device is one of the image's own. */
                  volumeSize?: number | null;
                  /** @description One of standard, io1, io2, gp2, gp3, st1, sc1; in any case. */
                  volumeType?: string | null;
                } | null;
              }[]
            | null;
          /** @description The instance metadata service. */
          metadataOptions?: {
            /** @description `required`: version 2 of the service only. */
            httpTokens?: ('optional' | 'required') | null;
            httpPutResponseHopLimit?: number | null;
            /** @description `enabled`: the service shows the tags of the instance. In any case. */
            instanceMetadataTags?: string | null;
          } | null;
        };
      };
      scheduling?: {
        /** @description Only an empty list for now: nothing is done by schedule. */
        tasks?: unknown[] | null;
      } | null;
      integrations?: {
        route53?: {
          /** @description Only an empty list for now: DNS records are not kept. */
          domains?: unknown[] | null;
        } | null;
        loadBalancersConfig?: {
          /** @description Only an empty list for now: instances are not registered. */
          loadBalancers?: unknown[] | null;
        } | null;
      } | null;
    };
    ManagedInstancePatch: {
      name?: string;
      /** @description The only text that may hold newlines and tabs. */
      description?: string | null;
      /** @description The AWS Region in which Holdfast is deployed, which is the default. */
      region?: string | null;
      strategy?: {
        /** @description How instances are bought. Default: spot. */
        lifeCycle?: ('spot' | 'on_demand') | null;
        /** @description Whether an on-demand instance is launched where no spot capacity is left. Default: true. */
        fallbackToOd?: boolean | null;
        /** @description Seconds that the old instance gets before it is terminated; never more than a warning leaves it. */
        drainingTimeout?: number | null;
        /** @description Holdfast's own: whether a rebalance recommendation alone replaces the instance. Default: ignore. */
        rebalanceRecommendation?: ('ignore' | 'replace') | null;
        /** @description Holdfast's own: whether an old instance whose end takes the address is terminated without its OS shutdown. Default: false. What it has not written is lost; refused with volumes that outlive it. */
        skipOsShutdown?: boolean | null;
        revertToSpot?: {
          /** @description Only "never" for now: an on-demand instance is not replaced by a spot one. */
          performAt?: 'never' | null;
        } | null;
        /** @description Only an empty list for now: nothing is done in windows. */
        optimizationWindows?: unknown[] | null;
        /** @description Only false for now: reservations are not looked at. */
        utilizeReservedInstances?: false | null;
        /** @description Only false for now: commitments are not looked at. */
        utilizeCommitments?: false | null;
      } | null;
      persistence?: {
        /** @description Whether the private IP (and its interface, MAC address and AZ) is kept. Else give compute.elasticIp. */
        persistPrivateIp?: boolean | null;
        /** @description Holdfast's own: how the persisted interface is carried. `cold` (default): as the primary interface, given at launch. `hot`: as a secondary one, moved between running instances. */
        eniAttachment?: ('cold' | 'hot') | null;
        /** @description Holdfast's own: whether the Elastic IP stays on the interface while the node is paused. Default: true. Where not, it is disassociated by a pause and put back by the next resume. */
        shouldKeepElasticIpOnPause?: boolean | null;
        /** @description Only false for now: only the network identity persists. */
        persistRootDevice?: false | null;
        /** @description Only false for now: only the network identity persists. */
        persistBlockDevices?: false | null;
      };
      healthCheck?: {
        /** @description Whether an instance that fails EC2's status checks is replaced. Default: true. */
        autoHealing?: boolean | null;
        /** @description Only "EC2" for now: nothing but EC2's own status checks is looked at. */
        type?: 'EC2' | null;
        /** @description Seconds after a launch in which a failing status check means nothing. Default: 120. */
        gracePeriod?: number | null;
        /** @description Seconds that a status check has to fail before the instance is replaced. Default: 120. */
        unhealthyDuration?: number | null;
      } | null;
      compute?: {
        /** @description Where the node may live; each with an IPv4 range. A persisted private IP ties it to that of its first instance. */
        subnetIds?: string[];
        vpcId?: string;
        /** @description The allocation id of an Elastic IP, which follows the node. It serves one; the VPC needs an internet gateway. */
        elasticIp?: string | null;
        /** @description The address to persist; absent: one is chosen from the subnet. */
        privateIp?: string | null;
        /** @description What the image runs. Must fit the image, and chooses the prices of the costs. Default: Linux/UNIX. */
        product?:
          | (
              | 'Linux/UNIX'
              | 'Linux/UNIX (Amazon VPC)'
              | 'Red Hat Enterprise Linux'
              | 'Red Hat Enterprise Linux (Amazon VPC)'
              | 'SUSE Linux'
              | 'SUSE Linux (Amazon VPC)'
              | 'Windows'
              | 'Windows (Amazon VPC)'
            )
          | null;
        launchSpecification?: {
          instanceTypes?: {
            /** @description Tried before all others. */
            preferredType?: string | null;
            /** @description Tried next, in this order. */
            preferredTypes?: string[] | null;
            /** @description Tried in this order. Spot capacity first, then on-demand if strategy.fallbackToOd allows it. Default: none but the preferred ones. */
            types?: string[] | null;
          };
          /** @description The AMI. */
          imageId?: string;
          /** @description Of the persisted interface, and of every other one that an instance of the node has. At most 5. Default: the default group of the VPC. */
          securityGroupIds?: string[] | null;
          /** @description The name of an EC2 key pair. */
          keyPair?: string | null;
          /** @description Base64; at most 16 KB before encoding. */
          userData?: string | null;
          /** @description Of the instance, besides Holdfast's own; of more if resourceTagSpecification says so. */
          tags?:
            | {
                /** @description Must not start with "aws:" or "holdfast:", which are reserved. Each key once, its case included. */
                tagKey: string;
                tagValue: string;
              }[]
            | null;
          /** @description What else than the instance gets the tags. */
          resourceTagSpecification?: {
            volumes?: {
              /** @description Whether the volumes of the instance get the tags too. Holdfast's own tags are on them in any case. Default: false. */
              shouldTag?: boolean | null;
            } | null;
            enis?: {
              /** @description Whether the persisted interface gets the tags too. Holdfast's own tags are on it in any case. Default: false. */
              shouldTag?: boolean | null;
            } | null;
            snapshots?: {
              /** @description Only false for now: no snapshots are made. */
              shouldTag?: false | null;
            } | null;
            amis?: {
              /** @description Only false for now: no images are made. */
              shouldTag?: false | null;
            } | null;
          } | null;
          /** @description The instance profile, by its name or its ARN. */
          iamRole?: {
            name?: string | null;
            arn?: string | null;
          } | null;
          networkInterfaces?:
            | {
                /** @constant */
                deviceIndex: 0;
                /** @description Whether a launch gives the primary interface a public IP of its own; absent: as the subnet says. The compute.elasticIp is associated in any case. A persisted primary interface never gets another one. */
                associatePublicIpAddress?: (boolean | null) | null;
                /** @description Whether the persisted interface is given an IPv6 address. */
                associateIpv6Address?: (boolean | null) | null;
              }[]
            | null;
          ebsOptimized?: boolean | null;
          /** @description Detailed CloudWatch monitoring. */
          monitoring?: boolean | null;
          tenancy?: ('default' | 'dedicated') | null;
          /** @description For burstable instance types: every type has to be one. */
          creditSpecification?: {
            /** @enum {string} */
            cpuCredits?: 'standard' | 'unlimited';
          } | null;
          /** @description Devices are made anew with every instance: only the network identity is carried on. */
          blockDeviceMappings?:
            | {
                /** @description Like /dev/xvda. */
                deviceName: string;
                /** @description Given (as an empty string): leaves out the image's device of this name. */
                noDevice?: string | null;
                /** @description An instance store volume, like ephemeral0. */
                virtualName?: string | null;
                ebs?: {
                  deleteOnTermination?: boolean | null;
                  encrypted?: boolean | null;
                  /** @description For gp3, io1 and io2; the last two need it. */
                  iops?: number | null;
                  kmsKeyId?: string | null;
                  snapshotId?: string | null;
                  /** @description MiB/s; for gp3. */
                  throughput?: number | null;
                  /** @description GiB. Needed without a snapshotId, unless the device is one of the image's own. */
                  volumeSize?: number | null;
                  /** @description One of standard, io1, io2, gp2, gp3, st1, sc1; in any case. */
                  volumeType?: string | null;
                } | null;
              }[]
            | null;
          /** @description The instance metadata service. */
          metadataOptions?: {
            /** @description `required`: version 2 of the service only. */
            httpTokens?: ('optional' | 'required') | null;
            httpPutResponseHopLimit?: number | null;
            /** @description `enabled`: the service shows the tags of the instance. In any case. */
            instanceMetadataTags?: string | null;
          } | null;
        };
      };
      scheduling?: {
        /** @description Only an empty list for now: nothing is done by schedule. */
        tasks?: unknown[] | null;
      } | null;
      integrations?: {
        route53?: {
          /** @description Only an empty list for now: DNS records are not kept. */
          domains?: unknown[] | null;
        } | null;
        loadBalancersConfig?: {
          /** @description Only an empty list for now: instances are not registered. */
          loadBalancers?: unknown[] | null;
        } | null;
      } | null;
    };
    Refusal: {
      request: components['schemas']['Request'];
      response: {
        status: {
          code: number;
          message: string;
        };
        errors: components['schemas']['Error'][];
      };
    };
    Request: {
      /** @description The request's id; the log has it too. */
      id: string;
      /** @description The path. */
      url: string;
      method: string;
      /** Format: date-time */
      timestamp: string;
    };
    Error: {
      /** @description For programs, for example MANAGED_INSTANCE_DOESNT_EXIST. */
      code: string;
      /** @description For people. */
      message: string;
      /** @description The path of the invalid field, for example compute.privateIp. */
      field?: string;
    };
    Node: {
      name: string;
      /** @description The only text that may hold newlines and tabs. */
      description?: string;
      /** @description The AWS Region in which Holdfast is deployed, which is the default. */
      region?: string;
      strategy?: {
        /**
         * @description How instances are bought. Default: spot.
         * @enum {string}
         */
        lifeCycle?: 'spot' | 'on_demand';
        /** @description Whether an on-demand instance is launched where no spot capacity is left. Default: true. */
        fallbackToOd?: boolean;
        /** @description Seconds that the old instance gets before it is terminated; never more than a warning leaves it. */
        drainingTimeout?: number;
        /**
         * @description Holdfast's own: whether a rebalance recommendation alone replaces the instance. Default: ignore.
         * @enum {string}
         */
        rebalanceRecommendation?: 'ignore' | 'replace';
        /** @description Holdfast's own: whether an old instance whose end takes the address is terminated without its OS shutdown. Default: false. What it has not written is lost; refused with volumes that outlive it. */
        skipOsShutdown?: boolean;
        revertToSpot?: {
          /**
           * @description Only "never" for now: an on-demand instance is not replaced by a spot one.
           * @constant
           */
          performAt?: 'never';
        };
        /** @description Only an empty list for now: nothing is done in windows. */
        optimizationWindows?: unknown[];
        /**
         * @description Only false for now: reservations are not looked at.
         * @constant
         */
        utilizeReservedInstances?: false;
        /**
         * @description Only false for now: commitments are not looked at.
         * @constant
         */
        utilizeCommitments?: false;
      };
      persistence: {
        /** @description Whether the private IP (and its interface, MAC address and AZ) is kept. Else give compute.elasticIp. */
        persistPrivateIp?: boolean;
        /**
         * @description Holdfast's own: how the persisted interface is carried. `cold` (default): as the primary interface, given at launch. `hot`: as a secondary one, moved between running instances.
         * @enum {string}
         */
        eniAttachment?: 'cold' | 'hot';
        /** @description Holdfast's own: whether the Elastic IP stays on the interface while the node is paused. Default: true. Where not, it is disassociated by a pause and put back by the next resume. */
        shouldKeepElasticIpOnPause?: boolean;
        /**
         * @description Only false for now: only the network identity persists.
         * @constant
         */
        persistRootDevice?: false;
        /**
         * @description Only false for now: only the network identity persists.
         * @constant
         */
        persistBlockDevices?: false;
      };
      healthCheck?: {
        /** @description Whether an instance that fails EC2's status checks is replaced. Default: true. */
        autoHealing?: boolean;
        /**
         * @description Only "EC2" for now: nothing but EC2's own status checks is looked at.
         * @constant
         */
        type?: 'EC2';
        /** @description Seconds after a launch in which a failing status check means nothing. Default: 120. */
        gracePeriod?: number;
        /** @description Seconds that a status check has to fail before the instance is replaced. Default: 120. */
        unhealthyDuration?: number;
      };
      compute: {
        /** @description Where the node may live; each with an IPv4 range. A persisted private IP ties it to that of its first instance. */
        subnetIds: string[];
        vpcId: string;
        /** @description The allocation id of an Elastic IP, which follows the node. It serves one; the VPC needs an internet gateway. */
        elasticIp?: string;
        /**
         * Format: ipv4
         * @description The address to persist; absent: one is chosen from the subnet.
         */
        privateIp?: string;
        /**
         * @description What the image runs. Must fit the image, and chooses the prices of the costs. Default: Linux/UNIX.
         * @enum {string}
         */
        product?:
          | 'Linux/UNIX'
          | 'Linux/UNIX (Amazon VPC)'
          | 'Red Hat Enterprise Linux'
          | 'Red Hat Enterprise Linux (Amazon VPC)'
          | 'SUSE Linux'
          | 'SUSE Linux (Amazon VPC)'
          | 'Windows'
          | 'Windows (Amazon VPC)';
        launchSpecification: {
          instanceTypes: {
            /** @description Tried before all others. */
            preferredType?: string;
            /** @description Tried next, in this order. */
            preferredTypes?: string[];
            /** @description Tried in this order. Spot capacity first, then on-demand if strategy.fallbackToOd allows it. Default: none but the preferred ones. */
            types?: string[];
          };
          /** @description The AMI. */
          imageId: string;
          /** @description Of the persisted interface, and of every other one that an instance of the node has. At most 5. Default: the default group of the VPC. */
          securityGroupIds?: string[];
          /** @description The name of an EC2 key pair. */
          keyPair?: string;
          /**
           * Format: base64
           * @description Base64; at most 16 KB before encoding.
           */
          userData?: string;
          /** @description Of the instance, besides Holdfast's own; of more if resourceTagSpecification says so. */
          tags?: {
            /** @description Must not start with "aws:" or "holdfast:", which are reserved. Each key once, its case included. */
            tagKey: string;
            tagValue: string;
          }[];
          /** @description What else than the instance gets the tags. */
          resourceTagSpecification?: {
            volumes?: {
              /** @description Whether the volumes of the instance get the tags too. Holdfast's own tags are on them in any case. Default: false. */
              shouldTag?: boolean;
            };
            enis?: {
              /** @description Whether the persisted interface gets the tags too. Holdfast's own tags are on it in any case. Default: false. */
              shouldTag?: boolean;
            };
            snapshots?: {
              /**
               * @description Only false for now: no snapshots are made.
               * @constant
               */
              shouldTag?: false;
            };
            amis?: {
              /**
               * @description Only false for now: no images are made.
               * @constant
               */
              shouldTag?: false;
            };
          };
          /** @description The instance profile, by its name or its ARN. */
          iamRole?: {
            name?: string;
            /** Format: starts_with */
            arn?: string;
          };
          networkInterfaces?: {
            /** @constant */
            deviceIndex: 0;
            /** @description Whether a launch gives the primary interface a public IP of its own; absent: as the subnet says. The compute.elasticIp is associated in any case. A persisted primary interface never gets another one. */
            associatePublicIpAddress?: boolean | null;
            /** @description Whether the persisted interface is given an IPv6 address. */
            associateIpv6Address?: boolean | null;
          }[];
          ebsOptimized?: boolean;
          /** @description Detailed CloudWatch monitoring. */
          monitoring?: boolean;
          /** @enum {string} */
          tenancy?: 'default' | 'dedicated';
          /** @description For burstable instance types: every type has to be one. */
          creditSpecification?: {
            /** @enum {string} */
            cpuCredits: 'standard' | 'unlimited';
          };
          /** @description Devices are made anew with every instance: only the network identity is carried on. */
          blockDeviceMappings?: {
            /** @description Like /dev/xvda. */
            deviceName: string;
            /** @description Given (as an empty string): leaves out the image's device of this name. */
            noDevice?: string;
            /** @description An instance store volume, like ephemeral0. */
            virtualName?: string;
            ebs?: {
              deleteOnTermination?: boolean;
              encrypted?: boolean;
              /** @description For gp3, io1 and io2; the last two need it. */
              iops?: number;
              kmsKeyId?: string;
              snapshotId?: string;
              /** @description MiB/s; for gp3. */
              throughput?: number;
              /** @description GiB. Needed without a snapshotId, unless the device is one of the image's own. */
              volumeSize?: number;
              /** @description One of standard, io1, io2, gp2, gp3, st1, sc1; in any case. */
              volumeType?: string;
            };
          }[];
          /** @description The instance metadata service. */
          metadataOptions?: {
            /**
             * @description `required`: version 2 of the service only.
             * @enum {string}
             */
            httpTokens?: 'optional' | 'required';
            httpPutResponseHopLimit?: number;
            /** @description `enabled`: the service shows the tags of the instance. In any case. */
            instanceMetadataTags?: string;
          };
        };
      };
      scheduling?: {
        /** @description Only an empty list for now: nothing is done by schedule. */
        tasks?: unknown[];
      };
      integrations?: {
        route53?: {
          /** @description Only an empty list for now: DNS records are not kept. */
          domains?: unknown[];
        };
        loadBalancersConfig?: {
          /** @description Only an empty list for now: instances are not registered. */
          loadBalancers?: unknown[];
        };
      };
      /** @description The node's id, for example smi-0a1b2c3d. */
      id: string;
      /** Format: date-time */
      createdAt: string;
      /** Format: date-time */
      updatedAt: string;
    };
    ListedNode: {
      name: string;
      /** @description The only text that may hold newlines and tabs. */
      description?: string;
      /** @description The AWS Region in which Holdfast is deployed, which is the default. */
      region?: string;
      strategy?: {
        /**
         * @description How instances are bought. Default: spot.
         * @enum {string}
         */
        lifeCycle?: 'spot' | 'on_demand';
        /** @description Whether an on-demand instance is launched where no spot capacity is left. Default: true. */
        fallbackToOd?: boolean;
        /** @description Seconds that the old instance gets before it is terminated; never more than a warning leaves it. */
        drainingTimeout?: number;
        /**
         * @description Holdfast's own: whether a rebalance recommendation alone replaces the instance. Default: ignore.
         * @enum {string}
         */
        rebalanceRecommendation?: 'ignore' | 'replace';
        /** @description Holdfast's own: whether an old instance whose end takes the address is terminated without its OS shutdown. Default: false. What it has not written is lost; refused with volumes that outlive it. */
        skipOsShutdown?: boolean;
        revertToSpot?: {
          /**
           * @description Only "never" for now: an on-demand instance is not replaced by a spot one.
           * @constant
           */
          performAt?: 'never';
        };
        /** @description Only an empty list for now: nothing is done in windows. */
        optimizationWindows?: unknown[];
        /**
         * @description Only false for now: reservations are not looked at.
         * @constant
         */
        utilizeReservedInstances?: false;
        /**
         * @description Only false for now: commitments are not looked at.
         * @constant
         */
        utilizeCommitments?: false;
      };
      persistence: {
        /** @description Whether the private IP (and its interface, MAC address and AZ) is kept. Else give compute.elasticIp. */
        persistPrivateIp?: boolean;
        /**
         * @description Holdfast's own: how the persisted interface is carried. `cold` (default): as the primary interface, given at launch. `hot`: as a secondary one, moved between running instances.
         * @enum {string}
         */
        eniAttachment?: 'cold' | 'hot';
        /** @description Holdfast's own: whether the Elastic IP stays on the interface while the node is paused. Default: true. Where not, it is disassociated by a pause and put back by the next resume. */
        shouldKeepElasticIpOnPause?: boolean;
        /**
         * @description Only false for now: only the network identity persists.
         * @constant
         */
        persistRootDevice?: false;
        /**
         * @description Only false for now: only the network identity persists.
         * @constant
         */
        persistBlockDevices?: false;
      };
      healthCheck?: {
        /** @description Whether an instance that fails EC2's status checks is replaced. Default: true. */
        autoHealing?: boolean;
        /**
         * @description Only "EC2" for now: nothing but EC2's own status checks is looked at.
         * @constant
         */
        type?: 'EC2';
        /** @description Seconds after a launch in which a failing status check means nothing. Default: 120. */
        gracePeriod?: number;
        /** @description Seconds that a status check has to fail before the instance is replaced. Default: 120. */
        unhealthyDuration?: number;
      };
      compute: {
        /** @description Where the node may live; each with an IPv4 range. A persisted private IP ties it to that of its first instance. */
        subnetIds: string[];
        vpcId: string;
        /** @description The allocation id of an Elastic IP, which follows the node. It serves one; the VPC needs an internet gateway. */
        elasticIp?: string;
        /**
         * Format: ipv4
         * @description The address to persist; absent: one is chosen from the subnet.
         */
        privateIp?: string;
        /**
         * @description What the image runs. Must fit the image, and chooses the prices of the costs. Default: Linux/UNIX.
         * @enum {string}
         */
        product?:
          | 'Linux/UNIX'
          | 'Linux/UNIX (Amazon VPC)'
          | 'Red Hat Enterprise Linux'
          | 'Red Hat Enterprise Linux (Amazon VPC)'
          | 'SUSE Linux'
          | 'SUSE Linux (Amazon VPC)'
          | 'Windows'
          | 'Windows (Amazon VPC)';
        launchSpecification: {
          instanceTypes: {
            /** @description Tried before all others. */
            preferredType?: string;
            /** @description Tried next, in this order. */
            preferredTypes?: string[];
            /** @description Tried in this order. Spot capacity first, then on-demand if strategy.fallbackToOd allows it. Default: none but the preferred ones. */
            types?: string[];
          };
          /** @description The AMI. */
          imageId: string;
          /** @description Of the persisted interface, and of every other one that an instance of the node has. At most 5. Default: the default group of the VPC. */
          securityGroupIds?: string[];
          /** @description The name of an EC2 key pair. */
          keyPair?: string;
          /**
           * Format: base64
           * @description Base64; at most 16 KB before encoding.
           */
          userData?: string;
          /** @description Of the instance, besides Holdfast's own; of more if resourceTagSpecification says so. */
          tags?: {
            /** @description Must not start with "aws:" or "holdfast:", which are reserved. Each key once, its case included. */
            tagKey: string;
            tagValue: string;
          }[];
          /** @description What else than the instance gets the tags. */
          resourceTagSpecification?: {
            volumes?: {
              /** @description Whether the volumes of the instance get the tags too. Holdfast's own tags are on them in any case. Default: false. */
              shouldTag?: boolean;
            };
            enis?: {
              /** @description Whether the persisted interface gets the tags too. Holdfast's own tags are on it in any case. Default: false. */
              shouldTag?: boolean;
            };
            snapshots?: {
              /**
               * @description Only false for now: no snapshots are made.
               * @constant
               */
              shouldTag?: false;
            };
            amis?: {
              /**
               * @description Only false for now: no images are made.
               * @constant
               */
              shouldTag?: false;
            };
          };
          /** @description The instance profile, by its name or its ARN. */
          iamRole?: {
            name?: string;
            /** Format: starts_with */
            arn?: string;
          };
          networkInterfaces?: {
            /** @constant */
            deviceIndex: 0;
            /** @description Whether a launch gives the primary interface a public IP of its own; absent: as the subnet says. The compute.elasticIp is associated in any case. A persisted primary interface never gets another one. */
            associatePublicIpAddress?: boolean | null;
            /** @description Whether the persisted interface is given an IPv6 address. */
            associateIpv6Address?: boolean | null;
          }[];
          ebsOptimized?: boolean;
          /** @description Detailed CloudWatch monitoring. */
          monitoring?: boolean;
          /** @enum {string} */
          tenancy?: 'default' | 'dedicated';
          /** @description For burstable instance types: every type has to be one. */
          creditSpecification?: {
            /** @enum {string} */
            cpuCredits: 'standard' | 'unlimited';
          };
          /** @description Devices are made anew with every instance: only the network identity is carried on. */
          blockDeviceMappings?: {
            /** @description Like /dev/xvda. */
            deviceName: string;
            /** @description Given (as an empty string): leaves out the image's device of this name. */
            noDevice?: string;
            /** @description An instance store volume, like ephemeral0. */
            virtualName?: string;
            ebs?: {
              deleteOnTermination?: boolean;
              encrypted?: boolean;
              /** @description For gp3, io1 and io2; the last two need it. */
              iops?: number;
              kmsKeyId?: string;
              snapshotId?: string;
              /** @description MiB/s; for gp3. */
              throughput?: number;
              /** @description GiB. Needed without a snapshotId, unless the device is one of the image's own. */
              volumeSize?: number;
              /** @description One of standard, io1, io2, gp2, gp3, st1, sc1; in any case. */
              volumeType?: string;
            };
          }[];
          /** @description The instance metadata service. */
          metadataOptions?: {
            /**
             * @description `required`: version 2 of the service only.
             * @enum {string}
             */
            httpTokens?: 'optional' | 'required';
            httpPutResponseHopLimit?: number;
            /** @description `enabled`: the service shows the tags of the instance. In any case. */
            instanceMetadataTags?: string;
          };
        };
      };
      scheduling?: {
        /** @description Only an empty list for now: nothing is done by schedule. */
        tasks?: unknown[];
      };
      integrations?: {
        route53?: {
          /** @description Only an empty list for now: DNS records are not kept. */
          domains?: unknown[];
        };
        loadBalancersConfig?: {
          /** @description Only an empty list for now: instances are not registered. */
          loadBalancers?: unknown[];
        };
      };
      /** @description The node's id, for example smi-0a1b2c3d. */
      id: string;
      /** Format: date-time */
      createdAt: string;
      /** Format: date-time */
      updatedAt: string;
      /** @description The same configuration again, for clients that read it here. */
      config: {
        name: string;
        /** @description The only text that may hold newlines and tabs. */
        description?: string;
        /** @description The AWS Region in which Holdfast is deployed, which is the default. */
        region?: string;
        strategy?: {
          /**
           * @description How instances are bought. Default: spot.
           * @enum {string}
           */
          lifeCycle?: 'spot' | 'on_demand';
          /** @description Whether an on-demand instance is launched where no spot capacity is left. Default: true. */
          fallbackToOd?: boolean;
          /** @description Seconds that the old instance gets before it is terminated; never more than a warning leaves it. */
          drainingTimeout?: number;
          /**
           * @description Holdfast's own: whether a rebalance recommendation alone replaces the instance. Default: ignore.
           * @enum {string}
           */
          rebalanceRecommendation?: 'ignore' | 'replace';
          /** @description Holdfast's own: whether an old instance whose end takes the address is terminated without its OS shutdown. Default: false. What it has not written is lost; refused with volumes that outlive it. */
          skipOsShutdown?: boolean;
          revertToSpot?: {
            /**
             * @description Only "never" for now: an on-demand instance is not replaced by a spot one.
             * @constant
             */
            performAt?: 'never';
          };
          /** @description Only an empty list for now: nothing is done in windows. */
          optimizationWindows?: unknown[];
          /**
           * @description Only false for now: reservations are not looked at.
           * @constant
           */
          utilizeReservedInstances?: false;
          /**
           * @description Only false for now: commitments are not looked at.
           * @constant
           */
          utilizeCommitments?: false;
        };
        persistence: {
          /** @description Whether the private IP (and its interface, MAC address and AZ) is kept. Else give compute.elasticIp. */
          persistPrivateIp?: boolean;
          /**
           * @description Holdfast's own: how the persisted interface is carried. `cold` (default): as the primary interface, given at launch. `hot`: as a secondary one, moved between running instances.
           * @enum {string}
           */
          eniAttachment?: 'cold' | 'hot';
          /** @description Holdfast's own: whether the Elastic IP stays on the interface while the node is paused. Default: true. Where not, it is disassociated by a pause and put back by the next resume. */
          shouldKeepElasticIpOnPause?: boolean;
          /**
           * @description Only false for now: only the network identity persists.
           * @constant
           */
          persistRootDevice?: false;
          /**
           * @description Only false for now: only the network identity persists.
           * @constant
           */
          persistBlockDevices?: false;
        };
        healthCheck?: {
          /** @description Whether an instance that fails EC2's status checks is replaced. Default: true. */
          autoHealing?: boolean;
          /**
           * @description Only "EC2" for now: nothing but EC2's own status checks is looked at.
           * @constant
           */
          type?: 'EC2';
          /** @description Seconds after a launch in which a failing status check means nothing. Default: 120. */
          gracePeriod?: number;
          /** @description Seconds that a status check has to fail before the instance is replaced. Default: 120. */
          unhealthyDuration?: number;
        };
        compute: {
          /** @description Where the node may live; each with an IPv4 range. A persisted private IP ties it to that of its first instance. */
          subnetIds: string[];
          vpcId: string;
          /** @description The allocation id of an Elastic IP, which follows the node. It serves one; the VPC needs an internet gateway. */
          elasticIp?: string;
          /**
           * Format: ipv4
           * @description The address to persist; absent: one is chosen from the subnet.
           */
          privateIp?: string;
          /**
           * @description What the image runs. Must fit the image, and chooses the prices of the costs. Default: Linux/UNIX.
           * @enum {string}
           */
          product?:
            | 'Linux/UNIX'
            | 'Linux/UNIX (Amazon VPC)'
            | 'Red Hat Enterprise Linux'
            | 'Red Hat Enterprise Linux (Amazon VPC)'
            | 'SUSE Linux'
            | 'SUSE Linux (Amazon VPC)'
            | 'Windows'
            | 'Windows (Amazon VPC)';
          launchSpecification: {
            instanceTypes: {
              /** @description Tried before all others. */
              preferredType?: string;
              /** @description Tried next, in this order. */
              preferredTypes?: string[];
              /** @description Tried in this order. Spot capacity first, then on-demand if strategy.fallbackToOd allows it. Default: none but the preferred ones. */
              types?: string[];
            };
            /** @description The AMI. */
            imageId: string;
            /** @description Of the persisted interface, and of every other one that an instance of the node has. At most 5. Default: the default group of the VPC. */
            securityGroupIds?: string[];
            /** @description The name of an EC2 key pair. */
            keyPair?: string;
            /**
             * Format: base64
             * @description Base64; at most 16 KB before encoding.
             */
            userData?: string;
            /** @description Of the instance, besides Holdfast's own; of more if resourceTagSpecification says so. */
            tags?: {
              /** @description Must not start with "aws:" or "holdfast:", which are reserved. Each key once, its case included. */
              tagKey: string;
              tagValue: string;
            }[];
            /** @description What else than the instance gets the tags. */
            resourceTagSpecification?: {
              volumes?: {
                /** @description Whether the volumes of the instance get the tags too. Holdfast's own tags are on them in any case. Default: false. */
                shouldTag?: boolean;
              };
              enis?: {
                /** @description Whether the persisted interface gets the tags too. Holdfast's own tags are on it in any case. Default: false. */
                shouldTag?: boolean;
              };
              snapshots?: {
                /**
                 * @description Only false for now: no snapshots are made.
                 * @constant
                 */
                shouldTag?: false;
              };
              amis?: {
                /**
                 * @description Only false for now: no images are made.
                 * @constant
                 */
                shouldTag?: false;
              };
            };
            /** @description The instance profile, by its name or its ARN. */
            iamRole?: {
              name?: string;
              /** Format: starts_with */
              arn?: string;
            };
            networkInterfaces?: {
              /** @constant */
              deviceIndex: 0;
              /** @description Whether a launch gives the primary interface a public IP of its own; absent: as the subnet says. The compute.elasticIp is associated in any case. A persisted primary interface never gets another one. */
              associatePublicIpAddress?: boolean | null;
              /** @description Whether the persisted interface is given an IPv6 address. */
              associateIpv6Address?: boolean | null;
            }[];
            ebsOptimized?: boolean;
            /** @description Detailed CloudWatch monitoring. */
            monitoring?: boolean;
            /** @enum {string} */
            tenancy?: 'default' | 'dedicated';
            /** @description For burstable instance types: every type has to be one. */
            creditSpecification?: {
              /** @enum {string} */
              cpuCredits: 'standard' | 'unlimited';
            };
            /** @description Devices are made anew with every instance: only the network identity is carried on. */
            blockDeviceMappings?: {
              /** @description Like /dev/xvda. */
              deviceName: string;
              /** @description Given (as an empty string): leaves out the image's device of this name. */
              noDevice?: string;
              /** @description An instance store volume, like ephemeral0. */
              virtualName?: string;
              ebs?: {
                deleteOnTermination?: boolean;
                encrypted?: boolean;
                /** @description For gp3, io1 and io2; the last two need it. */
                iops?: number;
                kmsKeyId?: string;
                snapshotId?: string;
                /** @description MiB/s; for gp3. */
                throughput?: number;
                /** @description GiB. Needed without a snapshotId, unless the device is one of the image's own. */
                volumeSize?: number;
                /** @description One of standard, io1, io2, gp2, gp3, st1, sc1; in any case. */
                volumeType?: string;
              };
            }[];
            /** @description The instance metadata service. */
            metadataOptions?: {
              /**
               * @description `required`: version 2 of the service only.
               * @enum {string}
               */
              httpTokens?: 'optional' | 'required';
              httpPutResponseHopLimit?: number;
              /** @description `enabled`: the service shows the tags of the instance. In any case. */
              instanceMetadataTags?: string;
            };
          };
        };
        scheduling?: {
          /** @description Only an empty list for now: nothing is done by schedule. */
          tasks?: unknown[];
        };
        integrations?: {
          route53?: {
            /** @description Only an empty list for now: DNS records are not kept. */
            domains?: unknown[];
          };
          loadBalancersConfig?: {
            /** @description Only an empty list for now: instances are not registered. */
            loadBalancers?: unknown[];
          };
        };
      };
    };
    SelectedNode: {
      name?: string;
      /** @description The only text that may hold newlines and tabs. */
      description?: string;
      /** @description The AWS Region in which Holdfast is deployed, which is the default. */
      region?: string;
      strategy?: {
        /**
         * @description How instances are bought. Default: spot.
         * @enum {string}
         */
        lifeCycle?: 'spot' | 'on_demand';
        /** @description Whether an on-demand instance is launched where no spot capacity is left. Default: true. */
        fallbackToOd?: boolean;
        /** @description Seconds that the old instance gets before it is terminated; never more than a warning leaves it. */
        drainingTimeout?: number;
        /**
         * @description Holdfast's own: whether a rebalance recommendation alone replaces the instance. Default: ignore.
         * @enum {string}
         */
        rebalanceRecommendation?: 'ignore' | 'replace';
        /** @description Holdfast's own: whether an old instance whose end takes the address is terminated without its OS shutdown. Default: false. What it has not written is lost; refused with volumes that outlive it. */
        skipOsShutdown?: boolean;
        revertToSpot?: {
          /**
           * @description Only "never" for now: an on-demand instance is not replaced by a spot one.
           * @constant
           */
          performAt?: 'never';
        };
        /** @description Only an empty list for now: nothing is done in windows. */
        optimizationWindows?: unknown[];
        /**
         * @description Only false for now: reservations are not looked at.
         * @constant
         */
        utilizeReservedInstances?: false;
        /**
         * @description Only false for now: commitments are not looked at.
         * @constant
         */
        utilizeCommitments?: false;
      };
      persistence?: {
        /** @description Whether the private IP (and its interface, MAC address and AZ) is kept. Else give compute.elasticIp. */
        persistPrivateIp?: boolean;
        /**
         * @description Holdfast's own: how the persisted interface is carried. `cold` (default): as the primary interface, given at launch. `hot`: as a secondary one, moved between running instances.
         * @enum {string}
         */
        eniAttachment?: 'cold' | 'hot';
        /** @description Holdfast's own: whether the Elastic IP stays on the interface while the node is paused. Default: true. Where not, it is disassociated by a pause and put back by the next resume. */
        shouldKeepElasticIpOnPause?: boolean;
        /**
         * @description Only false for now: only the network identity persists.
         * @constant
         */
        persistRootDevice?: false;
        /**
         * @description Only false for now: only the network identity persists.
         * @constant
         */
        persistBlockDevices?: false;
      };
      healthCheck?: {
        /** @description Whether an instance that fails EC2's status checks is replaced. Default: true. */
        autoHealing?: boolean;
        /**
         * @description Only "EC2" for now: nothing but EC2's own status checks is looked at.
         * @constant
         */
        type?: 'EC2';
        /** @description Seconds after a launch in which a failing status check means nothing. Default: 120. */
        gracePeriod?: number;
        /** @description Seconds that a status check has to fail before the instance is replaced. Default: 120. */
        unhealthyDuration?: number;
      };
      compute?: {
        /** @description Where the node may live; each with an IPv4 range. A persisted private IP ties it to that of its first instance. */
        subnetIds?: string[];
        vpcId?: string;
        /** @description The allocation id of an Elastic IP, which follows the node. It serves one; the VPC needs an internet gateway. */
        elasticIp?: string;
        /**
         * Format: ipv4
         * @description The address to persist; absent: one is chosen from the subnet.
         */
        privateIp?: string;
        /**
         * @description What the image runs. Must fit the image, and chooses the prices of the costs. Default: Linux/UNIX.
         * @enum {string}
         */
        product?:
          | 'Linux/UNIX'
          | 'Linux/UNIX (Amazon VPC)'
          | 'Red Hat Enterprise Linux'
          | 'Red Hat Enterprise Linux (Amazon VPC)'
          | 'SUSE Linux'
          | 'SUSE Linux (Amazon VPC)'
          | 'Windows'
          | 'Windows (Amazon VPC)';
        launchSpecification?: {
          instanceTypes?: {
            /** @description Tried before all others. */
            preferredType?: string;
            /** @description Tried next, in this order. */
            preferredTypes?: string[];
            /** @description Tried in this order. Spot capacity first, then on-demand if strategy.fallbackToOd allows it. Default: none but the preferred ones. */
            types?: string[];
          };
          /** @description The AMI. */
          imageId?: string;
          /** @description Of the persisted interface, and of every other one that an instance of the node has. At most 5. Default: the default group of the VPC. */
          securityGroupIds?: string[];
          /** @description The name of an EC2 key pair. */
          keyPair?: string;
          /**
           * Format: base64
           * @description Base64; at most 16 KB before encoding.
           */
          userData?: string;
          /** @description Of the instance, besides Holdfast's own; of more if resourceTagSpecification says so. */
          tags?: {
            /** @description Must not start with "aws:" or "holdfast:", which are reserved. Each key once, its case included. */
            tagKey: string;
            tagValue: string;
          }[];
          resourceTagSpecification?: {
            volumes?: {
              /** @description Whether the volumes of the instance get the tags too. Holdfast's own tags are on them in any case. Default: false. */
              shouldTag?: boolean;
            };
            enis?: {
              /** @description Whether the persisted interface gets the tags too. Holdfast's own tags are on it in any case. Default: false. */
              shouldTag?: boolean;
            };
            snapshots?: {
              /**
               * @description Only false for now: no snapshots are made.
               * @constant
               */
              shouldTag?: false;
            };
            amis?: {
              /**
               * @description Only false for now: no images are made.
               * @constant
               */
              shouldTag?: false;
            };
          };
          iamRole?: {
            name?: string;
            /** Format: starts_with */
            arn?: string;
          };
          networkInterfaces?: {
            /** @constant */
            deviceIndex: 0;
            /** @description Whether a launch gives the primary interface a public IP of its own; absent: as the subnet says. The compute.elasticIp is associated in any case. A persisted primary interface never gets another one. */
            associatePublicIpAddress?: boolean | null;
            /** @description Whether the persisted interface is given an IPv6 address. */
            associateIpv6Address?: boolean | null;
          }[];
          ebsOptimized?: boolean;
          /** @description Detailed CloudWatch monitoring. */
          monitoring?: boolean;
          /** @enum {string} */
          tenancy?: 'default' | 'dedicated';
          creditSpecification?: {
            /** @enum {string} */
            cpuCredits?: 'standard' | 'unlimited';
          };
          /** @description Devices are made anew with every instance: only the network identity is carried on. */
          blockDeviceMappings?: {
            /** @description Like /dev/xvda. */
            deviceName: string;
            /** @description Given (as an empty string): leaves out the image's device of this name. */
            noDevice?: string;
            /** @description An instance store volume, like ephemeral0. */
            virtualName?: string;
            ebs?: {
              deleteOnTermination?: boolean;
              encrypted?: boolean;
              /** @description For gp3, io1 and io2; the last two need it. */
              iops?: number;
              kmsKeyId?: string;
              snapshotId?: string;
              /** @description MiB/s; for gp3. */
              throughput?: number;
              /** @description GiB. Needed without a snapshotId, unless the device is one of the image's own. */
              volumeSize?: number;
              /** @description One of standard, io1, io2, gp2, gp3, st1, sc1; in any case. */
              volumeType?: string;
            };
          }[];
          metadataOptions?: {
            /**
             * @description `required`: version 2 of the service only.
             * @enum {string}
             */
            httpTokens?: 'optional' | 'required';
            httpPutResponseHopLimit?: number;
            /** @description `enabled`: the service shows the tags of the instance. In any case. */
            instanceMetadataTags?: string;
          };
        };
      };
      scheduling?: {
        /** @description Only an empty list for now: nothing is done by schedule. */
        tasks?: unknown[];
      };
      integrations?: {
        route53?: {
          /** @description Only an empty list for now: DNS records are not kept. */
          domains?: unknown[];
        };
        loadBalancersConfig?: {
          /** @description Only an empty list for now: instances are not registered. */
          loadBalancers?: unknown[];
        };
      };
      /** @description The node's id, for example smi-0a1b2c3d. */
      id?: string;
      /** Format: date-time */
      createdAt?: string;
      /** Format: date-time */
      updatedAt?: string;
      config?: {
        name?: string;
        /** @description The only text that may hold newlines and tabs. */
        description?: string;
        /** @description The AWS Region in which Holdfast is deployed, which is the default. */
        region?: string;
        strategy?: {
          /**
           * @description How instances are bought. Default: spot.
           * @enum {string}
           */
          lifeCycle?: 'spot' | 'on_demand';
          /** @description Whether an on-demand instance is launched where no spot capacity is left. Default: true. */
          fallbackToOd?: boolean;
          /** @description Seconds that the old instance gets before it is terminated; never more than a warning leaves it. */
          drainingTimeout?: number;
          /**
           * @description Holdfast's own: whether a rebalance recommendation alone replaces the instance. Default: ignore.
           * @enum {string}
           */
          rebalanceRecommendation?: 'ignore' | 'replace';
          /** @description Holdfast's own: whether an old instance whose end takes the address is terminated without its OS shutdown. Default: false. What it has not written is lost; refused with volumes that outlive it. */
          skipOsShutdown?: boolean;
          revertToSpot?: {
            /**
             * @description Only "never" for now: an on-demand instance is not replaced by a spot one.
             * @constant
             */
            performAt?: 'never';
          };
          /** @description Only an empty list for now: nothing is done in windows. */
          optimizationWindows?: unknown[];
          /**
           * @description Only false for now: reservations are not looked at.
           * @constant
           */
          utilizeReservedInstances?: false;
          /**
           * @description Only false for now: commitments are not looked at.
           * @constant
           */
          utilizeCommitments?: false;
        };
        persistence?: {
          /** @description Whether the private IP (and its interface, MAC address and AZ) is kept. Else give compute.elasticIp. */
          persistPrivateIp?: boolean;
          /**
           * @description Holdfast's own: how the persisted interface is carried. `cold` (default): as the primary interface, given at launch. `hot`: as a secondary one, moved between running instances.
           * @enum {string}
           */
          eniAttachment?: 'cold' | 'hot';
          /** @description Holdfast's own: whether the Elastic IP stays on the interface while the node is paused. Default: true. Where not, it is disassociated by a pause and put back by the next resume. */
          shouldKeepElasticIpOnPause?: boolean;
          /**
           * @description Only false for now: only the network identity persists.
           * @constant
           */
          persistRootDevice?: false;
          /**
           * @description Only false for now: only the network identity persists.
           * @constant
           */
          persistBlockDevices?: false;
        };
        healthCheck?: {
          /** @description Whether an instance that fails EC2's status checks is replaced. Default: true. */
          autoHealing?: boolean;
          /**
           * @description Only "EC2" for now: nothing but EC2's own status checks is looked at.
           * @constant
           */
          type?: 'EC2';
          /** @description Seconds after a launch in which a failing status check means nothing. Default: 120. */
          gracePeriod?: number;
          /** @description Seconds that a status check has to fail before the instance is replaced. Default: 120. */
          unhealthyDuration?: number;
        };
        compute?: {
          /** @description Where the node may live; each with an IPv4 range. A persisted private IP ties it to that of its first instance. */
          subnetIds?: string[];
          vpcId?: string;
          /** @description The allocation id of an Elastic IP, which follows the node. It serves one; the VPC needs an internet gateway. */
          elasticIp?: string;
          /**
           * Format: ipv4
           * @description The address to persist; absent: one is chosen from the subnet.
           */
          privateIp?: string;
          /**
           * @description What the image runs. Must fit the image, and chooses the prices of the costs. Default: Linux/UNIX.
           * @enum {string}
           */
          product?:
            | 'Linux/UNIX'
            | 'Linux/UNIX (Amazon VPC)'
            | 'Red Hat Enterprise Linux'
            | 'Red Hat Enterprise Linux (Amazon VPC)'
            | 'SUSE Linux'
            | 'SUSE Linux (Amazon VPC)'
            | 'Windows'
            | 'Windows (Amazon VPC)';
          launchSpecification?: {
            instanceTypes?: {
              /** @description Tried before all others. */
              preferredType?: string;
              /** @description Tried next, in this order. */
              preferredTypes?: string[];
              /** @description Tried in this order. Spot capacity first, then on-demand if strategy.fallbackToOd allows it. Default: none but the preferred ones. */
              types?: string[];
            };
            /** @description The AMI. */
            imageId?: string;
            /** @description Of the persisted interface, and of every other one that an instance of the node has. At most 5. Default: the default group of the VPC. */
            securityGroupIds?: string[];
            /** @description The name of an EC2 key pair. */
            keyPair?: string;
            /**
             * Format: base64
             * @description Base64; at most 16 KB before encoding.
             */
            userData?: string;
            /** @description Of the instance, besides Holdfast's own; of more if resourceTagSpecification says so. */
            tags?: {
              /** @description Must not start with "aws:" or "holdfast:", which are reserved. Each key once, its case included. */
              tagKey: string;
              tagValue: string;
            }[];
            resourceTagSpecification?: {
              volumes?: {
                /** @description Whether the volumes of the instance get the tags too. Holdfast's own tags are on them in any case. Default: false. */
                shouldTag?: boolean;
              };
              enis?: {
                /** @description Whether the persisted interface gets the tags too. Holdfast's own tags are on it in any case. Default: false. */
                shouldTag?: boolean;
              };
              snapshots?: {
                /**
                 * @description Only false for now: no snapshots are made.
                 * @constant
                 */
                shouldTag?: false;
              };
              amis?: {
                /**
                 * @description Only false for now: no images are made.
                 * @constant
                 */
                shouldTag?: false;
              };
            };
            iamRole?: {
              name?: string;
              /** Format: starts_with */
              arn?: string;
            };
            networkInterfaces?: {
              /** @constant */
              deviceIndex: 0;
              /** @description Whether a launch gives the primary interface a public IP of its own; absent: as the subnet says. The compute.elasticIp is associated in any case. A persisted primary interface never gets another one. */
              associatePublicIpAddress?: boolean | null;
              /** @description Whether the persisted interface is given an IPv6 address. */
              associateIpv6Address?: boolean | null;
            }[];
            ebsOptimized?: boolean;
            /** @description Detailed CloudWatch monitoring. */
            monitoring?: boolean;
            /** @enum {string} */
            tenancy?: 'default' | 'dedicated';
            creditSpecification?: {
              /** @enum {string} */
              cpuCredits?: 'standard' | 'unlimited';
            };
            /** @description Devices are made anew with every instance: only the network identity is carried on. */
            blockDeviceMappings?: {
              /** @description Like /dev/xvda. */
              deviceName: string;
              /** @description Given (as an empty string): leaves out the image's device of this name. */
              noDevice?: string;
              /** @description An instance store volume, like ephemeral0. */
              virtualName?: string;
              ebs?: {
                deleteOnTermination?: boolean;
                encrypted?: boolean;
                /** @description For gp3, io1 and io2; the last two need it. */
                iops?: number;
                kmsKeyId?: string;
                snapshotId?: string;
                /** @description MiB/s; for gp3. */
                throughput?: number;
                /** @description GiB. Needed without a snapshotId, unless the device is one of the image's own. */
                volumeSize?: number;
                /** @description One of standard, io1, io2, gp2, gp3, st1, sc1; in any case. */
                volumeType?: string;
              };
            }[];
            metadataOptions?: {
              /**
               * @description `required`: version 2 of the service only.
               * @enum {string}
               */
              httpTokens?: 'optional' | 'required';
              httpPutResponseHopLimit?: number;
              /** @description `enabled`: the service shows the tags of the instance. In any case. */
              instanceMetadataTags?: string;
            };
          };
        };
        scheduling?: {
          /** @description Only an empty list for now: nothing is done by schedule. */
          tasks?: unknown[];
        };
        integrations?: {
          route53?: {
            /** @description Only an empty list for now: DNS records are not kept. */
            domains?: unknown[];
          };
          loadBalancersConfig?: {
            /** @description Only an empty list for now: instances are not registered. */
            loadBalancers?: unknown[];
          };
        };
      };
      /** @enum {string} */
      status?: 'ACTIVE' | 'PAUSING' | 'PAUSED' | 'RESUMING' | 'RECYCLING' | 'DEALLOCATING' | 'ERROR';
      /** @description In ERROR, and while it is tried again: what failed, what is kept, and what to do. */
      errorReason?: string | null;
      /** @description When what failed is tried again. `null`: nothing is, by itself. */
      nextTryAt?: string | null;
      operation?: {
        kind?: string;
        /** Format: date-time */
        startedAt?: string;
        reason?: string;
      } | null;
      /** @description Whether an update still has settings to apply to the running instance, its volumes and the interface. */
      isUpdatePending?: boolean;
      /** @description The settings that wait for the next launch, because the present instance was launched with others. */
      waitsForLaunch?: {
        /** @description Like `compute.launchSpecification.imageId`. */
        field: string;
        /** @description What the present instance was launched with. `null`: no value. Of user data, always `null`. */
        running: unknown;
      }[];
      instanceId?: string | null;
      instanceType?: string | null;
      /** @description The capacity that the instance uses. */
      lifeCycle?: ('spot' | 'on_demand') | null;
      imageId?: string;
      /** @description The zone of the persisted interface, and so of the instance. */
      availabilityZone?: string | null;
      /** @description The persisted interface. */
      networkInterfaceId?: string | null;
      macAddress?: string | null;
      privateIp?: string | null;
      /** @description The Elastic IP's address. */
      publicIp?: string | null;
      ipv6Address?: string | null;
      lastReplacement?: {
        /**
         * Format: date-time
         * @description When it was confirmed.
         */
        at?: string;
        /** @description When the interface left a running instance. `null`: it did not, or that is not known. */
        awayFrom?: string | null;
        /** @description When it was on a running instance again. `null`: it was not, as far as that is known. */
        awayTo?: string | null;
        /** @description The time between the two. `null`: one of them is. */
        awaySeconds?: number | null;
      } | null;
      /** @description When the instance was launched. */
      launchedAt?: string | null;
    };
    NodeStatus: {
      /** @description The node's id, for example smi-0a1b2c3d. */
      id: string;
      name: string;
      /** @enum {string} */
      status: 'ACTIVE' | 'PAUSING' | 'PAUSED' | 'RESUMING' | 'RECYCLING' | 'DEALLOCATING' | 'ERROR';
      /** @description In ERROR, and while it is tried again: what failed, what is kept, and what to do. */
      errorReason: string | null;
      /** @description When what failed is tried again. `null`: nothing is, by itself. */
      nextTryAt: string | null;
      /** @description The operation under way, and its reason. */
      operation: {
        kind: string;
        /** Format: date-time */
        startedAt: string;
        reason: string;
      } | null;
      /** @description Whether an update still has settings to apply to the running instance, its volumes and the interface. */
      isUpdatePending: boolean;
      /** @description The settings that wait for the next launch, because the present instance was launched with others. */
      waitsForLaunch: {
        /** @description Like `compute.launchSpecification.imageId`. */
        field: string;
        /** @description What the present instance was launched with. `null`: no value. Of user data, always `null`. */
        running: unknown;
      }[];
      instanceId: string | null;
      instanceType: string | null;
      /** @description The capacity that the instance uses. */
      lifeCycle: ('spot' | 'on_demand') | null;
      imageId: string;
      /** @description The zone of the persisted interface, and so of the instance. */
      availabilityZone: string | null;
      /** @description The persisted interface. */
      networkInterfaceId: string | null;
      macAddress: string | null;
      privateIp: string | null;
      /** @description The Elastic IP's address. */
      publicIp: string | null;
      ipv6Address: string | null;
      /** @description The last one that was confirmed. `null`: none was. */
      lastReplacement: {
        /**
         * Format: date-time
         * @description When it was confirmed.
         */
        at: string;
        /** @description When the interface left a running instance. `null`: it did not, or that is not known. */
        awayFrom: string | null;
        /** @description When it was on a running instance again. `null`: it was not, as far as that is known. */
        awayTo: string | null;
        /** @description The time between the two. `null`: one of them is. */
        awaySeconds: number | null;
      } | null;
      /** Format: date-time */
      createdAt: string;
      /** @description When the instance was launched. */
      launchedAt: string | null;
    };
    LogEntry: {
      /** Format: date-time */
      createdAt: string;
      /** @enum {string} */
      severity: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
      message: string;
    };
    Operation: {
      /** @enum {string} */
      kind: 'launch' | 'replace' | 'pause' | 'adjust' | 'delete';
      /** @description What has started it. `retry`: an earlier operation has failed. `lost`: the instance has ended. */
      startedBy: ('interruption' | 'rebalance' | 'request' | 'retry' | 'lost' | 'unhealthy' | 'drift') | null;
      /** @description The number of the node's operations until then. */
      generation: number;
      /** @description The Step Functions execution that ended it, or that has it. */
      executionArn: string;
      /** Format: date-time */
      startedAt: string;
      /** @description `null`: it is under way. */
      endedAt: string | null;
      /** @description `cancelled`: an import that was cancelled. `null`: it is under way. */
      outcome: ('succeeded' | 'failed' | 'cancelled') | null;
      /** @description Why it failed, like `NoCapacity`. */
      errorName: string | null;
      /** @description In the order in which their states were entered. */
      steps: {
        /** @description Like `detach-eni`. */
        step: string;
        /** @description The state of the state machine. `null`: the step has no state of its own, or the operation began before an upgrade of Holdfast. */
        state: string | null;
        /** Format: date-time */
        enteredAt: string;
        /** @description `null`: it is under way. */
        leftAt: string | null;
        /** @description `retried`: tried again until the next state began, or still. `null`: it is under way. */
        outcome: ('done' | 'retried' | 'failed') | null;
        errorName: string | null;
      }[];
      instanceStates: {
        instanceId: string;
        /** @enum {string} */
        role: 'old' | 'replacement';
        /** @enum {string} */
        state: 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';
        /**
         * Format: date-time
         * @description When EC2's event says that it began, to the second, or when Holdfast saw it.
         */
        at: string;
      }[];
      /** @description The instance that carried the node. `null`: none did. */
      before: {
        instanceId: string;
        instanceType: string;
        availabilityZone: string | null;
        /** @enum {string} */
        lifeCycle: 'spot' | 'on_demand';
      } | null;
      /** @description The instance that carried it in the end. `null`: none did. */
      after: {
        instanceId: string;
        instanceType: string;
        availabilityZone: string | null;
        /** @enum {string} */
        lifeCycle: 'spot' | 'on_demand';
      } | null;
      address: components['schemas']['AddressAway'];
    };
    AddressAway: {
      /** @description When the interface left a running instance. `null`: it did not, or that is not known. */
      awayFrom: string | null;
      /** @description When it was on a running instance again. `null`: it was not, as far as that is known. */
      awayTo: string | null;
      /** @description The time between the two. `null`: one of them is. */
      awaySeconds: number | null;
    };
    StateVisit: {
      /** @description The name of the state in the state machine. */
      state: string;
      /** Format: date-time */
      enteredAt: string;
      /** @description `null`: the execution is in it, or has ended in it. */
      leftAt: string | null;
      /** @description How often its task was begun. 0: the state has none. */
      attempts: number;
      /** @description Any JSON value. */
      input: unknown;
      /** @description Any JSON value. `null` until the state is left. */
      output: unknown;
      /** @description Of the last attempt that failed. */
      errorName: string | null;
      errorMessage: string | null;
    };
    NodeInList: {
      id?: string;
      name?: string;
      /** @enum {string} */
      status?: 'ACTIVE' | 'PAUSING' | 'PAUSED' | 'RESUMING' | 'RECYCLING' | 'DEALLOCATING' | 'ERROR';
      /** @description What failed, what is kept, and what to do: at most 1000 characters of it. The status has all of it. */
      errorReason?: string | null;
      /** @description The name of the error of the operation that failed last. */
      errorName?: string | null;
      /** @description When what failed is tried again. `null`: nothing is, by itself. */
      nextTryAt?: string | null;
      /** @description The operation under way. */
      operation?: {
        /** @enum {string} */
        kind: 'launch' | 'replace' | 'pause' | 'adjust' | 'delete';
        startedBy: ('interruption' | 'rebalance' | 'request' | 'retry' | 'lost' | 'unhealthy' | 'drift') | null;
        /** Format: date-time */
        startedAt: string;
      } | null;
      instanceId?: string | null;
      instanceType?: string | null;
      lifeCycle?: ('spot' | 'on_demand') | null;
      availabilityZone?: string | null;
      launchedAt?: string | null;
      networkInterfaceId?: string | null;
      privateIp?: string | null;
      ipv6Address?: string | null;
      /** @description The Elastic IP's address. */
      publicIp?: string | null;
      lastReplacement?: {
        /**
         * Format: date-time
         * @description When it was confirmed.
         */
        at: string;
        /** @description When the interface left a running instance. `null`: it did not, or that is not known. */
        awayFrom: string | null;
        /** @description When it was on a running instance again. `null`: it was not, as far as that is known. */
        awayTo: string | null;
        /** @description The time between the two. `null`: one of them is. */
        awaySeconds: number | null;
      } | null;
      /** Format: date-time */
      createdAt?: string;
      /** Format: date-time */
      updatedAt?: string;
      /** @description As configured. Only if `fields` names them. */
      tags?: {
        tagKey: string;
        tagValue: string;
      }[];
    };
    Check: {
      isValid: boolean;
      /** @description Every error of the request that was checked, as that request would have them now. */
      errors: {
        code: string;
        message: string;
        field: string;
      }[];
    };
    AccountRegion: {
      id: string;
      /** @description Whether it is the deployment's. */
      isDeployment: boolean;
    };
    AvailabilityZone: {
      name: string;
      id: string;
      region: string;
      state: string;
    };
    Vpc: {
      id: string;
      name: string | null;
      cidrBlock: string;
      isDefault: boolean;
      ownerId: string;
    };
    Subnet: {
      id: string;
      name: string | null;
      vpcId: string;
      availabilityZone: string;
      /** @description `null`: it has only IPv6 addresses. */
      cidrBlock: string | null;
      hasIpv6: boolean;
      /** @description Of IPv4. */
      freeAddresses: number;
      ownerId: string;
    };
    ElasticIp: {
      allocationId: string;
      publicIp: string;
      name: string | null;
      networkInterfaceId: string | null;
      instanceId: string | null;
      /** @description The node that has it. `null`: no node may lose it. */
      managedInstanceId: string | null;
    };
    SecurityGroup: {
      id: string;
      name: string;
      vpcId: string;
      description: string;
      rules: {
        /** @enum {string} */
        direction: 'inbound' | 'outbound';
        /** @description `all`, or the name or number of the protocol. */
        protocol: string;
        /** @description Of ICMP, the type. `null`: all. */
        fromPort: number | null;
        /** @description Of ICMP, the code. `null`: all. */
        toPort: number | null;
        /** @description Address ranges, security groups and prefix lists. */
        peers: string[];
      }[];
    };
    Image: {
      id: string;
      name: string;
      ownerId: string;
      architecture: string;
      state: string;
      /** @description Like `Linux/UNIX`. */
      platform: string;
      createdAt: string;
      isDeprecated: boolean;
    };
    KeyPair: {
      name: string;
      id: string;
      type: string;
    };
    InstanceType: {
      name: string;
      architectures: string[];
      vCpus: number;
      memoryMib: number;
      /** @description A node that is attached hot needs two. */
      maximumInterfaces: number;
      /** @description `required`, `supported` or `unsupported`. */
      enaSupport: string;
      isBurstable: boolean;
      /** @description Whether EC2 sells it as spot capacity. */
      hasSpot: boolean;
      prices: {
        onDemandUsdPerHour: number | null;
        spotUsdPerHour: {
          availabilityZone: string;
          usdPerHour: number;
        }[];
      } | null;
    };
    InstanceProfile: {
      roleArn: string;
      /** @description Of the role, and of its instance profile: what `iamRole.name` may be. */
      name: string;
    };
    NodeCosts: {
      /** Format: date-time */
      fromDate: string;
      /**
       * Format: date-time
       * @description Exclusive. Never in the future.
       */
      toDate: string;
      /** @description The same as `hours`. */
      running: {
        value: number;
        /** @constant */
        unit: 'hours';
      };
      /** @description The same as `savingsPercent`, and 0 if nothing ran. */
      savings: {
        value: number | null;
        /** @constant */
        unit: 'percentage';
      };
      /** @description The same as `actualCost` and `onDemandCost`. `null` if a price is missing. */
      costs: {
        actual: number | null;
        potential: number | null;
      };
      /** @constant */
      currency: 'USD';
      /** @description The hours in which instances carried the node. */
      hours: number;
      spotHours: number;
      onDemandHours: number;
      /** @description The hours at the prices of that time. `null` if a price is missing. */
      actualCost: number | null;
      /** @description The same hours at the on-demand price. `null` if a price is missing. */
      onDemandCost: number | null;
      /** @description `onDemandCost` minus `actualCost`. */
      savedCost: number | null;
      /** @description `savedCost` as a percentage of `onDemandCost`; `null` if that is 0 or `null`. */
      savingsPercent: number | null;
      /** @description The prices that are unknown. EC2 keeps spot prices for 90 days. */
      missingPrices: {
        /**
         * @description Which price is missing: that of spot or of on-demand capacity.
         * @enum {string}
         */
        lifeCycle: 'spot' | 'on_demand';
        instanceType: string;
        /** @description The zone of a spot price; `null` for an on-demand price, which is the same in the whole Region. */
        availabilityZone: string | null;
        product: string;
        /** @description The hours for which the price is unknown. */
        hours: number;
      }[];
      /** @description What the numbers leave out. */
      limits: string[];
    };
    InstanceMetrics: {
      instanceId: string;
      instanceType: string;
      availabilityZone: string;
      /** @enum {string} */
      lifeCycle: 'spot' | 'on_demand';
      /**
       * Format: date-time
       * @description When the instance was launched.
       */
      from: string;
      /**
       * Format: date-time
       * @description When it stopped carrying the node. Now, if it carries the node.
       */
      to: string;
      /** @description The length of the periods. The longer the range, the longer they are, so that no instance has over 360. */
      periodSeconds: number;
      /** @description While the instance carried the node, oldest first. */
      samples: {
        /**
         * Format: date-time
         * @description When the period began.
         */
        at: string;
        /** @description The average. `null`: CloudWatch has no value. */
        cpuPercent: number | null;
        /** @description The average, over all interfaces of the instance. */
        networkInBytesPerSecond: number | null;
        /** @description The average, over all interfaces of the instance. */
        networkOutBytesPerSecond: number | null;
      }[];
    };
    Resource: {
      id: string;
      /** @enum {string} */
      kind: 'instance' | 'interface' | 'volume' | 'elasticIp';
      /** @description The node that it belongs to, or whose deletion has left it. */
      managedInstanceId: string;
      /** @description EC2's state. Of an Elastic IP: `in-use` or `available`. */
      state: string;
      /** @description What it is attached to or associated with: of an interface, the instance and the Elastic IP. */
      usedBy: string[];
      isInUse: boolean;
      /** @description Whether the deletion of the node has left it. */
      isLeft: boolean;
      /** @description Holdfast deletes it after this time, once nothing uses it. `null`: it is left for good. */
      expiresAt: string | null;
    };
    Migration: {
      migrationId: string;
      /** @enum {string} */
      state:
        'MIGRATE_START' | 'MIGRATE_ADOPT' | 'MIGRATE_REPLACE' | 'MIGRATE_FINISH' | 'MIGRATE_CANCEL' | 'MIGRATE_ERROR';
      /** @description The state in words; in MIGRATE_ERROR the same as `errorReason`. */
      stateDescription: string;
      /** @description The node that the import creates. */
      managedInstanceId: string;
      /** @description The EC2 instance of the node: the original until the node has an instance of its own. */
      instanceId: string | null;
      /** @description The request, with the name that the node has, and without the fields that it did not have. */
      data: {
        originalInstanceId: string;
        region: string;
        shouldKeepPrivateIp: boolean;
        shouldTerminateInstance: boolean;
        /** @description Default: the original's tag Name, or its id. */
        managedInstanceName?: string;
        /** @description Like compute.product of a node. */
        product?: string;
        /** @description The node's instance types, tried in this order. Default: the original's type. */
        spotInstanceTypes?: string[];
        /** @description The node's zones and subnets, unless it keeps the private IP. Default: the original's subnet. */
        availabilityZones?: {
          name: string;
          subnetIds: string[];
        }[];
        /**
         * @description Holdfast's own: whether the node is cold or hot after the import. Default: cold.
         * @enum {string}
         */
        eniAttachment?: 'cold' | 'hot';
        /** @description Whether the node keeps the original's options of the instance metadata service. Default: true. */
        shouldKeepMetadataOptions?: boolean;
      };
      originalInstanceId: string;
      region: string;
      shouldKeepPrivateIp: boolean;
      shouldTerminateInstance: boolean;
      managedInstanceName: string | null;
      /** @description In MIGRATE_ERROR: why the import cannot continue. */
      errorReason: string | null;
      /** Format: date-time */
      createdAt: string;
      /** Format: date-time */
      updatedAt: string;
    };
    MigrationFailure: {
      /** @description The `originalInstanceId` of the import. */
      resourceId: string;
      /** @description Every error, each with its field. */
      errorMessage: string;
    };
    Deployment: {
      /** @description The stack's name: the tag of everything that the stack creates. */
      deployment: string;
      /** @description Why the table is in doubt, so that Holdfast does not act on its records; null if it is not. */
      inDoubt: string | null;
      nodeCount: number;
      unreadable: {
        managedInstanceId: string;
        /** @description The attribute of the record, for example `identity.privateIp`. */
        field: string;
        message: string;
      }[];
      unknown: {
        id: string;
        /** @enum {string} */
        kind: 'instance' | 'interface';
        /** @description The node that the tag names. */
        managedInstanceId: string;
        managedInstanceName: string | null;
      }[];
    };
    RebuiltNode: {
      managedInstanceId: string;
      /**
       * @description What was done with the record, or would be done. `refused`: see `errors` for what is missing. `removed`: the node was deleted after its record was written. `unreadable`: the record cannot be read and is left as it is; see `errors`. `unseen`: EC2 has nothing of the node, and the record is left as it is.
       * @enum {string}
       */
      outcome: 'kept' | 'corrected' | 'made' | 'refused' | 'removed' | 'unreadable' | 'unseen';
      name: string | null;
      networkInterfaceId: string | null;
      privateIp: string | null;
      publicIp: string | null;
      instanceId: string | null;
      /** @description The fields that EC2 does not show. They have their defaults. */
      unread: string[];
      /** @description What else has the node's tag. It is left as it is. */
      others: string[];
      /** @description For `refused` and `unreadable`: why. For `made`: what would make the next launch fail. */
      errors: {
        code: string;
        message: string;
        field?: string;
      }[];
    };
  };
  responses: never;
  parameters: {
    /** @description The node's id. */
    id: string;
    /** @description Ignored: Holdfast serves the account in which it is deployed. */
    accountId: string;
    /** @description The ETag of an earlier response: the response has status 304 and no body if nothing has changed since. */
    ifNoneMatch: string;
  };
  requestBodies: never;
  headers: {
    /** @description Changes when `response` changes. A weak tag: `request` is different every time. */
    ETag: string;
    /** @description How many seconds to wait before the request is sent again. */
    RetryAfter: number;
  };
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  listNodes: {
    parameters: {
      query?: {
        /** @description The maximum number of nodes. Default: as many as fit into one response, and at most 1000 if `fields` is given. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. */
        nextToken?: string;
        /** @description Only these fields of each node, with commas between them: fields of the list or of the status, with dots for inner fields. Default: the items of the contract. */
        fields?: string;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: {
        /** @description The ETag of an earlier response: the response has status 304 and no body if nothing has changed since. */
        'If-None-Match'?: components['parameters']['ifNoneMatch'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance';
              items: (components['schemas']['ListedNode'] | components['schemas']['SelectedNode'])[];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description Nothing has changed. */
      304: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  createNode: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          managedInstance: components['schemas']['ManagedInstance'];
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance';
              items: components['schemas']['Node'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  changeStates: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          managedInstanceStates: {
            id: string;
            /** @enum {string} */
            state: 'PAUSE' | 'RESUME';
          }[];
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance';
              items: unknown[];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  getNode: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: {
        /** @description The ETag of an earlier response: the response has status 304 and no body if nothing has changed since. */
        'If-None-Match'?: components['parameters']['ifNoneMatch'];
      };
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance';
              items: components['schemas']['Node'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description Nothing has changed. */
      304: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  updateNode: {
    parameters: {
      query?: {
        /** @description Only "true" for now: tags are always applied to the running instance, without a replacement. */
        autoApplyTags?: 'true';
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          managedInstance: components['schemas']['ManagedInstancePatch'];
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance';
              items: components['schemas']['Node'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  deleteNode: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          deallocationConfig?: {
            /** @description Default: true. */
            shouldTerminateInstance?: boolean | null;
            /** @description Whether the persisted interface is deleted and its private IP released. Default: false. */
            shouldDeleteNetworkInterfaces?: boolean | null;
            /** @description Whether the volumes that the node's instances leave are deleted with their data. Default: false. */
            shouldDeleteVolumes?: boolean | null;
            /** @description Both values mean the same: Holdfast makes no snapshots, so none are left. */
            shouldDeleteSnapshots?: boolean | null;
            /** @description Both values mean the same: Holdfast makes no images, so none are left. */
            shouldDeleteImages?: boolean | null;
            networkInterfaces?: {
              /** @description The interfaces are left for so many hours, and then deleted once nothing uses them. It delays the deletion even if the flag says to delete them. Default: they are deleted at once or left for good, as the flag says. */
              ttlInHours?: number | null;
            } | null;
            volumes?: {
              /** @description The volumes are left for so many hours, and then deleted once nothing uses them. It delays the deletion even if the flag says to delete them. Default: they are deleted at once or left for good, as the flag says. */
              ttlInHours?: number | null;
            } | null;
          } | null;
          amiBackup?: {
            /** @description Both values mean the same: Holdfast makes no images, so none are left. */
            shouldDeleteImages?: boolean | null;
          } | null;
        } | null;
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance';
              items: unknown[];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  pauseNode: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance';
              items: unknown[];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  resumeNode: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance';
              items: unknown[];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  recycleNode: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance';
              items: unknown[];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  getNodeStatus: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: {
        /** @description The ETag of an earlier response: the response has status 304 and no body if nothing has changed since. */
        'If-None-Match'?: components['parameters']['ifNoneMatch'];
      };
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstanceStatus';
              items: components['schemas']['NodeStatus'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description Nothing has changed. */
      304: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  getNodeLog: {
    parameters: {
      query?: {
        /** @description The earliest time, inclusive, in RFC 3339 or Unix seconds; a day means its start. */
        fromDate?: string;
        /** @description The latest time, inclusive, in RFC 3339 or Unix seconds; a day means its end. */
        toDate?: string;
        /** @description The lowest severity to return. */
        severity?: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
        /** @description The maximum number of entries. Fewer are returned if they would not fit into one response. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. */
        nextToken?: string;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance:log';
              items: components['schemas']['LogEntry'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listNodeOperations: {
    parameters: {
      query?: {
        /** @description The earliest start, inclusive, in RFC 3339 or Unix seconds; a day means its start. */
        since?: string;
        /** @description The latest start, inclusive, in RFC 3339 or Unix seconds; a day means its end. */
        until?: string;
        /** @description The maximum number of operations. Fewer are returned if they would not fit into one response. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. */
        nextToken?: string;
        /** @description Only operations of this kind. Default: all. */
        kind?: 'launch' | 'replace' | 'pause' | 'adjust' | 'delete';
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance:operation';
              items: components['schemas']['Operation'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listNodeReplacements: {
    parameters: {
      query?: {
        /** @description The earliest start, inclusive, in RFC 3339 or Unix seconds; a day means its start. */
        since?: string;
        /** @description The latest start, inclusive, in RFC 3339 or Unix seconds; a day means its end. */
        until?: string;
        /** @description The maximum number of operations. Fewer are returned if they would not fit into one response. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. */
        nextToken?: string;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance:operation';
              items: components['schemas']['Operation'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listStateVisits: {
    parameters: {
      query?: {
        /** @description The `kind` of the operation. Default: any. */
        kind?: 'launch' | 'replace' | 'pause' | 'adjust' | 'delete';
        /** @description The `startedAt` of the operation. Default: that of the newest one. */
        startedAt?: string;
        /** @description The maximum number of states: the last ones. Fewer are returned if they would not fit into one response. */
        limit?: number;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance:stateVisit';
              items: components['schemas']['StateVisit'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listNodesForPages: {
    parameters: {
      query?: {
        /** @description Only these fields of each node, with commas between them. Default: all but `tags`. */
        fields?: string;
        /** @description The order of the nodes. Names are compared whatever their case. */
        sort?: 'id' | 'name';
        /** @description The maximum number of nodes. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. Repeat the other parameters. */
        nextToken?: string;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: {
        /** @description The ETag of an earlier response: the response has status 304 and no body if nothing has changed since. */
        'If-None-Match'?: components['parameters']['ifNoneMatch'];
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:node';
              items: components['schemas']['NodeInList'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description Nothing has changed. */
      304: {
        headers: {
          ETag: components['headers']['ETag'];
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  checkConfiguration: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description A configuration, as for a creation or an update. Any object: its errors are in the response. */
          managedInstance: {
            [key: string]: unknown;
          };
          /** @description Checks an update of this node, which may be partial. Default: checks a creation. */
          managedInstanceId?: string | null;
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:check';
              items: components['schemas']['Check'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listRegions: {
    parameters: {
      query?: {
        /** @description The maximum number of items. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. Repeat the other parameters. */
        nextToken?: string;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:account:regions';
              items: components['schemas']['AccountRegion'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listZones: {
    parameters: {
      query?: {
        /** @description The maximum number of items. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. Repeat the other parameters. */
        nextToken?: string;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:account:zones';
              items: components['schemas']['AvailabilityZone'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listVpcs: {
    parameters: {
      query?: {
        /** @description The maximum number of items. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. Repeat the other parameters. */
        nextToken?: string;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:account:vpcs';
              items: components['schemas']['Vpc'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listSubnets: {
    parameters: {
      query?: {
        /** @description The maximum number of items. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. Repeat the other parameters. */
        nextToken?: string;
        /** @description Only of this VPC. */
        vpcId?: string;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:account:subnets';
              items: components['schemas']['Subnet'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listAddresses: {
    parameters: {
      query?: {
        /** @description The maximum number of items. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. Repeat the other parameters. */
        nextToken?: string;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:account:addresses';
              items: components['schemas']['ElasticIp'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listSecurityGroups: {
    parameters: {
      query?: {
        /** @description The maximum number of items. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. Repeat the other parameters. */
        nextToken?: string;
        /** @description Only of this VPC. */
        vpcId?: string;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:account:security-groups';
              items: components['schemas']['SecurityGroup'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listImages: {
    parameters: {
      query?: {
        /** @description The maximum number of items. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. Repeat the other parameters. */
        nextToken?: string;
        /** @description Who owns them: self, amazon, aws-marketplace, or the id of an account. */
        owner?: string;
        /** @description Their names; * stands for any characters. Needed unless the owner is self: other owners' lists are long. */
        name?: string;
        /** @description Only of this architecture. */
        architecture?: 'arm64' | 'x86_64' | 'i386' | 'arm64_mac' | 'x86_64_mac';
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:account:images';
              items: components['schemas']['Image'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listKeyPairs: {
    parameters: {
      query?: {
        /** @description The maximum number of items. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. Repeat the other parameters. */
        nextToken?: string;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:account:key-pairs';
              items: components['schemas']['KeyPair'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listInstanceTypes: {
    parameters: {
      query?: {
        /** @description The maximum number of items. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. Repeat the other parameters. */
        nextToken?: string;
        /** @description Only these, with commas between them. */
        types?: string;
        /** @description Only of this architecture. */
        architecture?: 'arm64' | 'x86_64' | 'i386' | 'arm64_mac' | 'x86_64_mac';
        /** @description Whether each has its prices, of Linux/UNIX. Only together with `types`. */
        prices?: 'true' | 'false';
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:account:instance-types';
              items: components['schemas']['InstanceType'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listInstanceProfiles: {
    parameters: {
      query?: {
        /** @description The maximum number of items. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. Repeat the other parameters. */
        nextToken?: string;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:account:instance-profiles';
              items: components['schemas']['InstanceProfile'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  getNodeCosts: {
    parameters: {
      query?: {
        /** @description Start of the range, in RFC 3339 or Unix seconds; a day means its start. Default: 30 days before toDate. */
        fromDate?: string;
        /** @description End of the range, in RFC 3339 or Unix seconds; a day means its end, and today means now. Default: now. */
        toDate?: string;
        /** @description One item for each day or month, in UTC. Other periods are refused. Default: one item for the whole range. */
        aggregationPeriod?: 'daily' | 'monthly';
        /** @description The same, as the Python SDK spells it. */
        aggregrationPeriod?: 'daily' | 'monthly';
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance:costs';
              items: components['schemas']['NodeCosts'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  getNodeMetrics: {
    parameters: {
      query?: {
        /** @description Start of the range, in RFC 3339 or Unix seconds; a day means its start. At most 90 days before until. Default: three hours before until. */
        since?: string;
        /** @description End of the range, in RFC 3339 or Unix seconds; a day means its end. The future means now. Default: now. */
        until?: string;
        /** @description The maximum number of instances: the newest. */
        limit?: number;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance:metrics';
              items: components['schemas']['InstanceMetrics'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  deleteNodeVolume: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
        /** @description The volume's id. */
        volumeId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance';
              items: unknown[];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listNodeResources: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance:resource';
              items: components['schemas']['Resource'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  deleteLeftResource: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The node's id. */
        id: components['parameters']['id'];
        /** @description The resource's id. */
        resourceId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance:resource';
              items: unknown[];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  listLeftResources: {
    parameters: {
      query?: {
        /** @description The maximum number of resources. Default: as many as fit into one response. */
        limit?: number;
        /** @description The nextToken of the previous response: continues where that one ended. */
        nextToken?: string;
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:resource';
              items: components['schemas']['Resource'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  importInstance: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          migration: {
            /** @description The running instance to import. */
            originalInstanceId: string;
            /** @description The AWS Region in which Holdfast is deployed. */
            region: string;
            /** @description Whether the node takes over the original's primary interface: private IP, MAC address, Elastic IP. Requires shouldTerminateInstance. Default: false. */
            shouldKeepPrivateIp?: (boolean | null) | null;
            /** @description Whether the original is terminated. deleteOnTermination decides about its disks. Default: false. */
            shouldTerminateInstance?: (boolean | null) | null;
            managedInstanceName?: string | null;
            product?: string | null;
            spotInstanceTypes?: string[] | null;
            availabilityZones?:
              | {
                  name: string;
                  subnetIds: string[];
                }[]
              | null;
            eniAttachment?: ('cold' | 'hot') | null;
            shouldKeepMetadataOptions?: boolean | null;
          };
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance:migration';
              items: components['schemas']['Migration'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  importInstances: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          migrations: {
            /** @description The running instance to import. */
            originalInstanceId: string;
            /** @description The AWS Region in which Holdfast is deployed. */
            region: string;
            /** @description Whether the node takes over the original's primary interface: private IP, MAC address, Elastic IP. Requires shouldTerminateInstance. Default: false. */
            shouldKeepPrivateIp?: (boolean | null) | null;
            /** @description Whether the original is terminated. deleteOnTermination decides about its disks. Default: false. */
            shouldTerminateInstance?: (boolean | null) | null;
            managedInstanceName?: string | null;
            product?: string | null;
            spotInstanceTypes?: string[] | null;
            availabilityZones?:
              | {
                  name: string;
                  subnetIds: string[];
                }[]
              | null;
            eniAttachment?: ('cold' | 'hot') | null;
            shouldKeepMetadataOptions?: boolean | null;
          }[];
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance:migration';
              items: components['schemas']['Migration'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description What was refused; empty if nothing was. */
              failures: components['schemas']['MigrationFailure'][];
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  findImports: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          migrationIds: string[];
        };
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance:migration';
              items: components['schemas']['Migration'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  getImport: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The import's id, for example smg-0a1b2c3d. */
        migrationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance:migration';
              items: components['schemas']['Migration'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  cancelImport: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path: {
        /** @description The import's id, for example smg-0a1b2c3d. */
        migrationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'spotinst:aws:ec2:managedInstance:migration';
              items: components['schemas']['Migration'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  getDeployment: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:deployment';
              items: components['schemas']['Deployment'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  rebuildRecords: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        'application/json': {
          /** @description If true, only shows what would be done. Default: true. */
          dryRun?: boolean | null;
          /** @description Only these nodes; the table stays in doubt until a rebuild of all. Default: all. */
          managedInstanceIds?: string[] | null;
          /** @description By node id, the `managedInstance` fields that EC2 does not show, or that must differ from what it shows. Used for new records only: existing ones keep their configuration. */
          configurations?: {
            [key: string]: unknown;
          } | null;
        } | null;
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:rebuild';
              items: components['schemas']['RebuiltNode'][];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  getHealth: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            request: components['schemas']['Request'];
            response: {
              status: {
                /** @constant */
                code: 200;
                /** @constant */
                message: 'OK';
              };
              /** @constant */
              kind: 'holdfast:health';
              items: {
                /** @constant */
                status: 'ok';
              }[];
              /** @description The number of items in this response. */
              count: number;
              /** @description Present if there are more items: send it to get the next page. */
              nextToken?: string;
            };
          };
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
  getOpenApi: {
    parameters: {
      query?: {
        /** @description Ignored: Holdfast serves the account in which it is deployed. */
        accountId?: components['parameters']['accountId'];
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': Record<string, never>;
        };
      };
      /** @description The request is invalid, or the node does not exist (code MANAGED_INSTANCE_DOESNT_EXIST). Lists every error. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description There is no valid token. */
      401: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description Another caller is changing the node, its record cannot be read, or the table is in doubt: the code says which. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS throttles the requests: try again in a moment. */
      429: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description An internal error: see the log of the function. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
      /** @description AWS did not respond: try again in a moment. */
      503: {
        headers: {
          'Retry-After': components['headers']['RetryAfter'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Refusal'];
        };
      };
    };
  };
}
