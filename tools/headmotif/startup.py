"""What makes a command start and end sooner: PyTorch without what only its compiler needs, and no search for garbage.

At its import PyTorch registers how each operator changes shapes. Its compiler asks for that, and so do tensors without
data; a network that runs does not. It takes a quarter of the import, so it is left out until another module of PyTorch
is imported, as the compiler would be. Then it comes first, for PyTorch's modules are written for that order.
"""

import atexit
import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

LATER = "torch._meta_registrations"
"""What is left out; it brings torch._decomp, torch._prims and torch._refs."""

APART = "torch.profiler."
"""Modules that need nothing of it; each optimiser imports one."""


def hasten() -> None:
    """Prepare the process of a command, before it imports anything heavy. A second call changes nothing."""
    if "torch" not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)  # all memory goes back to the system: nobody need look for cycles of objects in it


class _Finder(MetaPathFinder):
    """Finds PyTorch without LATER, and LATER when another module of PyTorch is asked for."""

    def find_spec(self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        if name == "torch":
            found = PathFinder.find_spec(name, path)
            if found and isinstance(found.loader, SourceFileLoader):
                found.loader = _WithoutLater(name, found.loader.path)
            return found
        if name.startswith("torch.") and not name.startswith(APART) and LATER not in sys.modules:
            sys.meta_path.remove(self)
            return ModuleSpec(name, _AfterLater())
        return None


class _WithoutLater(SourceFileLoader):
    """Loads PyTorch with an empty module in the place of LATER, and without a search for garbage on the way."""

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[LATER] = _Empty(LATER)
        collecting = gc.isenabled()
        gc.disable()
        try:
            super().exec_module(module)
        finally:
            if collecting:
                gc.enable()
            if isinstance(sys.modules.get(LATER), _Empty):
                del sys.modules[LATER]
                vars(module).pop(LATER.partition(".")[2], None)


class _Empty(ModuleType):
    """Stands for LATER while PyTorch is imported; LATER itself is loaded if that uses anything of it."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # what any module is asked, such as for its file
            raise AttributeError(name)
        del sys.modules[LATER]
        return getattr(import_module(LATER), name)


class _AfterLater(Loader):
    """Loads LATER, and then a module as Python does."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        import_module(LATER)
        module = import_module(spec.name)
        self.spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec  # Python has put that of this loader there
