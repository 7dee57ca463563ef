import type { RunningServer } from './server';
import type { ServerOptions } from './server-options';

/** What a user needs to start: the URL, the token, and commands that work without changes. */
export function banner({ url, token, sandbox }: RunningServer, { data, speed }: ServerOptions): string {
  const nodes = '"$HOLDFAST/aws/ec2/managedInstance';
  const auth = '-H "Authorization: Bearer $TOKEN"';
  const json = "-H 'Content-Type: application/json'";
  const pace = speed === 1 ? '' : `, ${speed} times as fast as real time`;
  return `Holdfast is serving at ${url}
  token  ${token}
  state  ${data}${pace}
  health ${url}/health
Ctrl-C stops the server. The next start continues from this state. Paste these commands into a shell, in this order:

# The URL and the token
HOLDFAST=${url} TOKEN=${token}
# Allocate an Elastic IP, and create a node that keeps it.
EIP=$(curl -sS -X POST ${auth} "$HOLDFAST/simulator/allocate-address" | grep -o 'eipalloc-[0-9a-f]*')
NODE=$(curl -sS -X POST ${auth} ${json} ${nodes}" -d '${exampleBody(sandbox)}' | grep -o 'smi-[0-9a-f]*' | head -n 1); echo "$NODE"
# List all nodes. Repeat the second command until the node's status is ACTIVE.
curl -sS ${auth} ${nodes}"
curl -sS ${auth} ${nodes}/$NODE/status"
# EC2 interrupts the instance: the warning comes now, the end two minutes later. The addresses stay.
INSTANCE=$(curl -sS ${auth} ${nodes}/$NODE/status" | grep -o '"instanceId":"[^"]*"' | cut -d '"' -f 4)
curl -sS -X POST ${auth} ${json} "$HOLDFAST/simulator/interrupt" -d '{"instanceId":"'"$INSTANCE"'"}'
# Pause and resume the node.
curl -sS -X PUT ${auth} ${nodes}/$NODE/pause"
curl -sS -X PUT ${auth} ${nodes}/$NODE/resume"
`;
}

/** JSON for single quotes in a shell. The Elastic IP's variable is outside of the quotes. */
function exampleBody({ account }: RunningServer['sandbox']): string {
  const document = {
    managedInstance: {
      name: 'licence-server',
      region: 'us-east-1',
      strategy: { lifeCycle: 'spot', fallbackToOd: true },
      persistence: { persistPrivateIp: true },
      compute: {
        vpcId: account.vpcId,
        subnetIds: [account.subnetIds[0]],
        elasticIp: '$EIP',
        launchSpecification: {
          imageId: account.arm64ImageId,
          instanceTypes: { preferredType: 'm7g.large', types: ['m7g.large', 'm6g.large'] },
          securityGroupIds: [account.securityGroupId],
        },
      },
    },
  };
  return JSON.stringify(document).replace('$EIP', `'"$EIP"'`);
}
