# `npm pack`, and the package in a CDK app that has nothing else of this repository.
source interop/lib.sh

install_python package
run_pytest package interop/package
