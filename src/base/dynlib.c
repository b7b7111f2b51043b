#include "base/dynlib.h"

#include "base/i18n.h"

#include <dlfcn.h>
#include <string.h>

int fmr_dynlib_open(const char *file, void **library, struct fmr_err *err)
{
	*library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (*library)
		return 0;
	const char *reason = dlerror();
	fmr_err_set(err, FMR_ERR_NOT_FOUND, _("cannot load the library '%s': %s"), file, reason ? reason : "?");
	fmr_err_hint(err, _("install the package that holds '%s'"), file);
	return FMR_ERR_NOT_FOUND;
}

int fmr_dynlib_function(void *library, const char *name, void *pointer, struct fmr_err *err)
{
	void *address = dlsym(library, name);
	if (!address)
		return fmr_err_set(err, FMR_ERR_UNSUPPORTED, _("the library has no function '%s'"), name);
	memcpy(pointer, &address, sizeof(address)); /* C has no cast from object to function pointers */
	return 0;
}
