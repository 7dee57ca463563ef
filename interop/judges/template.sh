# cfn-lint over the templates, and the service authorization reference over their policies.
source interop/lib.sh

install_python template
"$python" interop/template/synthesize.py "$WORK/templates"
export TEMPLATES=$WORK/templates
status=0
run_pytest cfn-lint interop/template/test_cfn_lint.py || status=1
run_pytest permissions interop/template/test_permissions.py || status=1
exit "$status"
