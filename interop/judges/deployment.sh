# The unmodified CDK CLI deploys to ministack, and the deployed functions run against moto's EC2.
source interop/lib.sh

install_python emulators
run_pytest deployment --exitfirst interop/deployment
