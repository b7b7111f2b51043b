/*
 * SQLite, loaded when an index is first opened: linking it would cost every start.  This is the one list of the
 * functions in use; files that include it call them through fmr_sqlite.NAME.
 */
#ifndef FMR_INDEX_SQLITE_H
#define FMR_INDEX_SQLITE_H

#include "fmrec/error.h"

#include <sqlite3.h>

#define SQLITE_FUNCTIONS(X)                                                                                            \
	X(config)                                                                                                      \
	X(open_v2)                                                                                                     \
	X(close_v2)                                                                                                    \
	X(exec)                                                                                                        \
	X(prepare_v2)                                                                                                  \
	X(step)                                                                                                        \
	X(reset)                                                                                                       \
	X(finalize)                                                                                                    \
	X(stmt_readonly)                                                                                               \
	X(errmsg)                                                                                                      \
	X(extended_errcode)                                                                                            \
	X(bind_null)                                                                                                   \
	X(bind_int64)                                                                                                  \
	X(bind_double)                                                                                                 \
	X(bind_text)                                                                                                   \
	X(bind_blob)                                                                                                   \
	X(bind_value)                                                                                                  \
	X(clear_bindings)                                                                                              \
	X(column_count)                                                                                                \
	X(column_name)                                                                                                 \
	X(column_type)                                                                                                 \
	X(column_int64)                                                                                                \
	X(column_double)                                                                                               \
	X(column_text)                                                                                                 \
	X(column_blob)                                                                                                 \
	X(column_bytes)                                                                                                \
	X(create_function_v2)                                                                                          \
	X(create_module_v2)                                                                                            \
	X(declare_vtab)                                                                                                \
	X(user_data)                                                                                                   \
	X(get_auxdata)                                                                                                 \
	X(set_auxdata)                                                                                                 \
	X(value_type)                                                                                                  \
	X(value_int64)                                                                                                 \
	X(value_text)                                                                                                  \
	X(value_bytes)                                                                                                 \
	X(result_null)                                                                                                 \
	X(result_int64)                                                                                                \
	X(result_double)                                                                                               \
	X(result_text)                                                                                                 \
	X(result_error)                                                                                                \
	X(result_error_code)                                                                                           \
	X(mprintf)                                                                                                     \
	X(set_authorizer)                                                                                              \
	X(vfs_find)                                                                                                    \
	X(vfs_register)                                                                                                \
	X(vfs_unregister)                                                                                              \
	X(backup_init)                                                                                                 \
	X(backup_step)                                                                                                 \
	X(backup_finish)                                                                                               \
	X(progress_handler)                                                                                            \
	X(limit)

struct fmr_sqlite {
#define SQLITE_MEMBER(name) __typeof__(sqlite3_##name) *name;
	SQLITE_FUNCTIONS(SQLITE_MEMBER)
#undef SQLITE_MEMBER
};

/* Written once, by the first fmr_sqlite_load; SQL functions find it only here. */
extern struct fmr_sqlite fmr_sqlite;

int fmr_sqlite_load(struct fmr_err *err);

#endif
