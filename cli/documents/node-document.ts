/** The document of a node: from a file, from the flags of the common fields, or from both. */
import type * as z from 'zod';
import { choice, flag, list, pairs, text, whole } from '../command-line/arguments';
import type { Shell } from '../shell';
import { compact, merged, readBytes, readDocument, unwrapped, type Document } from './read-document';

const DRAINING_MAX_SECONDS = 3600;

/** The flags of `create` and `edit`. Each is a field of the document, whose limits the API checks. */
export const nodeFlags = {
  file: text('path', 'A JSON file with the document; - is the standard input. The flags win over it.', { short: 'f' }),
  name: text('name', 'The name of the node.'),
  description: text('text', 'What the node is for.'),
  lifeCycle: choice(['spot', 'on_demand'], 'How instances are bought.'),
  fallback: flag('Launch on demand if there is no spot capacity.', { isNegatable: true }),
  drainingTimeout: whole('seconds', 0, DRAINING_MAX_SECONDS, 'How long an old instance may drain.'),
  attachment: choice(['cold', 'hot'], 'How the node carries its interface.'),
  persistPrivateIp: flag('Keep the private IP, and with it the interface and the MAC address.', { isNegatable: true }),
  vpc: text('id', 'The VPC.'),
  subnets: list('id', 'The subnets.'),
  privateIp: text('address', 'The private IP to keep. Default: one of the subnet.'),
  elasticIp: text('id', 'The allocation id of an Elastic IP.'),
  image: text('id', 'The AMI.'),
  types: list('type', 'The instance types, tried in this order.'),
  securityGroups: list('id', 'The security groups.'),
  keyPair: text('name', 'The EC2 key pair.'),
  iamRole: text('name', 'The instance profile: its name or its ARN.'),
  userData: text('path', 'A file with the user data, in plain text; - is the standard input.'),
  tags: pairs('key=value', 'A tag of the instance. Replaces all tags. May be repeated.'),
};

type NodeFlags = { readonly [Name in keyof typeof nodeFlags]?: z.infer<(typeof nodeFlags)[Name]> };

/** Two inputs cannot both come from the standard input. */
export function documentFaults({ file, userData }: NodeFlags): readonly string[] {
  return file === '-' && userData === '-' ? ['--file and --user-data cannot both be the standard input'] : [];
}

/** What the API adds to a document: a document that was read may be sent back. */
const ADDED = ['id', 'createdAt', 'updatedAt'];

/** @throws Misused if a file cannot be read */
export async function nodeDocument(shell: Shell, flags: NodeFlags): Promise<Document> {
  const given = flags.file === undefined ? {} : unwrapped(await readDocument(shell, flags.file), 'managedInstance');
  const own = Object.fromEntries(Object.entries(given).filter(([key]) => !ADDED.includes(key)));
  const userData = flags.userData === undefined ? undefined : await readUserData(shell, flags.userData);
  return merged(own, compact(fieldsOf(flags, userData)));
}

async function readUserData(shell: Shell, path: string): Promise<string> {
  const bytes = path === '-' ? Buffer.from(await shell.stdin.read()) : await readBytes(shell, path);
  return bytes.toString('base64');
}

function fieldsOf(flags: NodeFlags, userData: string | undefined): Document {
  return {
    name: flags.name,
    description: flags.description,
    strategy: { lifeCycle: flags.lifeCycle, fallbackToOd: flags.fallback, drainingTimeout: flags.drainingTimeout },
    persistence: { persistPrivateIp: flags.persistPrivateIp, eniAttachment: flags.attachment },
    compute: {
      vpcId: flags.vpc,
      subnetIds: flags.subnets,
      privateIp: flags.privateIp,
      elasticIp: flags.elasticIp,
      launchSpecification: {
        imageId: flags.image,
        instanceTypes: { types: flags.types },
        securityGroupIds: flags.securityGroups,
        keyPair: flags.keyPair,
        iamRole: roleOf(flags.iamRole),
        userData,
        tags: flags.tags?.map(([tagKey, tagValue]) => ({ tagKey, tagValue })),
      },
    },
  };
}

function roleOf(nameOrArn: string | undefined): Document | undefined {
  if (nameOrArn === undefined) return undefined;
  return nameOrArn.startsWith('arn:') ? { arn: nameOrArn } : { name: nameOrArn };
}
