#include <stdio.h>

int main(void)
{
	puts("fmrec " FMR_VERSION);
	return 0;
}
