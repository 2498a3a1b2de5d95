#include "layer_words.h"

size_t layer_words_read(const char *text, struct layer_token tokens[LAYER_WORDS_MOST]) {
    static const uint32_t roles[256] = {
        ['n'] = LAYER_ROLE_NORM, ['g'] = LAYER_ROLE_PROJECTION, ['a'] = LAYER_ROLE_MIXER,
        ['e'] = LAYER_ROLE_EDGE, ['s'] = LAYER_ROLE_EDGE,
    };
    size_t count = 0;
    for (; *text && count < LAYER_WORDS_MOST; text++)
        if (*text != ' ')
            tokens[count++] = (struct layer_token){(unsigned char)*text, roles[(unsigned char)*text]};
    return count;
}
