// Written by idetic. Stimulus file and random numbers, shared by the two programs.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>
#include "Videtic_shell.h"
#include "verilated.h"

static const unsigned IN_WORDS = IDETIC_IN_WORDS;
static const unsigned OUT_WORDS = IDETIC_OUT_WORDS;
static const unsigned ACTIVE = IDETIC_ACTIVE;  // clock level after the active edge

struct Rng {
    uint64_t state;
    explicit Rng(uint64_t seed) : state(seed) {}
    uint64_t next() {
        uint64_t z = (state += 0x9e3779b97f4a7c15ull);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        return z ^ (z >> 31);
    }
};

// Rows of 32-bit words: the asynchronous resets' mask, the levels at which they are active, the mask of inputs that never change, then per logical cycle input values, input known, output values,
// output known.
struct Stimulus {
    uint32_t cycles = 0;
    std::vector<uint32_t> words;
    bool load(const char* path) {
        FILE* file = std::fopen(path, "rb");
        if (!file) return false;
        std::fseek(file, 0, SEEK_END);
        const long size = std::ftell(file);
        std::rewind(file);
        words.resize(static_cast<size_t>(size) / 4);
        const bool whole = std::fread(words.data(), 4, words.size(), file) == words.size();
        std::fclose(file);
        if (!whole || words.size() < 1 + 3 * IN_WORDS) return false;
        cycles = words[0];
        return words.size() == 1 + 3 * IN_WORDS + static_cast<size_t>(cycles) * 2 * (IN_WORDS + OUT_WORDS);
    }
    const uint32_t* resets() const { return &words[1]; }
    const uint32_t* resets_active() const { return &words[1 + IN_WORDS]; }
    const uint32_t* stable() const { return &words[1 + 2 * IN_WORDS]; }
    const uint32_t* row(uint64_t cycle) const { return &words[1 + 3 * IN_WORDS + cycle * 2 * (IN_WORDS + OUT_WORDS)]; }
    const uint32_t* inputs(uint64_t cycle) const { return row(cycle); }
    const uint32_t* inputs_known(uint64_t cycle) const { return row(cycle) + IN_WORDS; }
    const uint32_t* outputs(uint64_t cycle) const { return row(cycle) + 2 * IN_WORDS; }
    const uint32_t* outputs_known(uint64_t cycle) const { return row(cycle) + 2 * IN_WORDS + OUT_WORDS; }
};

// Lets go of the asynchronous resets, so that presenting one that is active gives an edge: Verilator takes a level that was
// there from the start for no event.
static inline void release_resets(Videtic_shell* top, const Stimulus& stimulus) {
    for (unsigned i = 0; i < IN_WORDS; ++i) {
        const uint32_t reset = stimulus.resets()[i];
        if (reset) top->idetic_in[i] = (top->idetic_in[i] & ~reset) | (~stimulus.resets_active()[i] & reset);
    }
}

// Presents the inputs of a logical cycle; bits that the testbench left unknown get random values.
static inline void present(Videtic_shell* top, const Stimulus& stimulus, uint64_t cycle, Rng& rng) {
    const uint32_t* value = stimulus.inputs(cycle);
    const uint32_t* known = stimulus.inputs_known(cycle);
    for (unsigned i = 0; i < IN_WORDS; ++i) {
        uint32_t word = value[i];
        if (known[i] != 0xffffffffu) word |= static_cast<uint32_t>(rng.next()) & ~known[i];
        top->idetic_in[i] = word;
    }
}
