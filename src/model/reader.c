// What the readers share: see reader.h.
#include "model/reader.h"

#include <stdlib.h>

void qs_reading_free(struct qs_reading *reading)
{
    if (!reading) {
        return;
    }
    qs_config_free(&reading->config);
    for (size_t i = 0; i < reading->map_count; i++) {
        qs_map_close(reading->maps[i]);
        free(reading->maps[i]);
    }
    if (reading->names) {
        for (size_t i = 0; i < reading->tensor_count; i++) {
            free(reading->names[i]);
        }
    }
    free(reading->maps);
    free(reading->names);
    free(reading->tensors);
    free(reading->name);
    free(reading->architecture);
    qs_text_free(&reading->warnings);
    *reading = (struct qs_reading){0};
}
