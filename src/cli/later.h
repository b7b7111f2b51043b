/* Functions that other parts of the tree do not have yet. */
#pragma weak fmr_book_open
#pragma weak fmr_book_close
#pragma weak fmr_book_config
#pragma weak fmr_book_type
#pragma weak fmr_book_type_names
#pragma weak fmr_book_type_of_id
#pragma weak fmr_check
#pragma weak fmr_field_choices
#pragma weak fmr_id_find
#pragma weak fmr_type_field
#pragma weak fmr_words_in
#pragma weak fmr_store_apply
