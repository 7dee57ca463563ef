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
  console ${url}/console/#token=${encodeURIComponent(token)}
Ctrl-C stops the server. The next start continues from this state. Paste these commands into a shell, in this order:

# The URL and the token
HOLDFAST=${url} TOKEN=${token}
# Allocate an Elastic IP, and create a node that keeps it.
EIP=$(curl -sS -X POST ${auth} "$HOLDFAST/simulator/allocate-address" | grep -o 'eipalloc-[0-9a-f]*')
NODE=$(curl -sS -X POST ${auth} ${json} ${nodes}" -d '${exampleBody(sandbox)}' | grep -o 'smi-[0-9a-f]*' | head -n 1); echo "$NODE"
# Wait until the node is ACTIVE, and list all nodes.
until curl -sS ${auth} ${nodes}/$NODE/status" | grep '"status":"ACTIVE"'; do sleep 1; done
curl -sS ${auth} ${nodes}"
# EC2 interrupts the instance: the warning comes now, the end ${inRealTime(120, speed)} later. Wait until another instance has the addresses.
INSTANCE=$(curl -sS ${auth} ${nodes}/$NODE/status" | grep -o '"instanceId":"[^"]*"' | cut -d '"' -f 4)
curl -sS -X POST ${auth} ${json} "$HOLDFAST/simulator/interrupt" -d '{"instanceId":"'"$INSTANCE"'"}'
until curl -sS ${auth} ${nodes}/$NODE/status" | grep '"status":"ACTIVE"' | grep -v "$INSTANCE"; do sleep 1; done
# Pause the node, and resume it.
curl -sS -X PUT ${auth} ${nodes}/$NODE/pause"
until curl -sS ${auth} ${nodes}/$NODE/status" | grep '"status":"PAUSED"'; do sleep 1; done
curl -sS -X PUT ${auth} ${nodes}/$NODE/resume"
`;
}

/** In whole seconds or minutes of the user's own time. */
function inRealTime(simulatedSeconds: number, speed: number): string {
  const seconds = Math.max(1, Math.round(simulatedSeconds / speed));
  if (seconds === 1) return 'a second';
  return seconds >= 120 ? `${Math.round(seconds / 60)} minutes` : `${seconds} seconds`;
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
