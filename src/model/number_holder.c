#include "model/number_holder.h"

#define ROW(n, field, entity, word, name, sorted) {field, entity, word},

const struct number_holder number_holders[] = {NUMBER_HOLDERS(ROW, )};
const size_t number_holders_n = sizeof number_holders / sizeof number_holders[0];
