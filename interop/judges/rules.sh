# cdk-nag's AWS Solutions rules over the stacks, and asl-validator over the definitions. Both also run in `npm test`.
source interop/lib.sh

status=0
run_jest cdk-nag test/infra/nag.test.ts || status=1
run_jest asl-validator test/infra/definitions.test.ts --testNamePattern 'is valid Amazon States Language' || status=1
exit "$status"
