"""Start the kernel, as Jupyter does: `python -m lang.notebook -f CONNECTION_FILE`."""

from ipykernel.kernelapp import IPKernelApp

from lang.notebook.kernel import AdKernel

IPKernelApp.launch_instance(kernel_class=AdKernel)
