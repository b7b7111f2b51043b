/* Functions that other parts of the tree do not have yet. */
#pragma weak fmr_store_open
#pragma weak fmr_store_close
#pragma weak fmr_store_work_tree
#pragma weak fmr_view_open
#pragma weak fmr_view_close
#pragma weak fmr_book_open
#pragma weak fmr_book_close
#pragma weak fmr_spawn_run
#pragma weak fmr_file_read
