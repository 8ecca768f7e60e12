// Written by idetic. Power cycles of an instrumented design: each is a new model with random state and the NVM it is given.
#include "common.h"
#if VM_TRACE
#include "verilated_vcd_c.h"
#endif
#if IDETIC_KEPT
#include "Videtic_shell__Dpi.h"
#include "svdpi.h"
#endif

static const uint64_t NVM_MASK = IDETIC_NVM_BITS == 64 ? ~0ull : (1ull << (IDETIC_NVM_BITS % 64)) - 1;
static const size_t NVM_WORDS = IDETIC_NVM_WORDS;
static uint64_t now_ps = 0;
double sc_time_stamp() { return static_cast<double>(now_ps); }

struct Environment {
    unsigned latency = 0;         // clocks, the largest one if random
    unsigned latency_random = 0;
    unsigned garbage = 0;         // disturb the inputs while stalled
    unsigned energy_random = 0;
};

// A memory of the design that outlives a supply failure.
struct Memory {
    int rows, width;
    int words() const { return (width + 31) / 32; }
};
static std::vector<Memory> memories;

struct Spec {
    long long position, end, stop, limit, saves;  // position, stop and saves: -1 for none
    unsigned long long seed;
    int log;
    std::vector<uint64_t> nvm;
    std::vector<uint32_t> kept;  // by memory, row and word
};

class PowerCycle {
public:
    PowerCycle(const Stimulus& s, const Environment& e, Spec& spec, FILE* out, int argc, char** argv, const char* wave)
        : stimulus(s), environment(e), spec(spec), out(out), rng(spec.seed) {
        context = new VerilatedContext;
        context->commandArgs(argc, argv);
        context->randReset(2);
        context->randSeed(static_cast<int>((rng.next() & 0x7fffffffu) | 1u));
#if VM_TRACE
        context->traceEverOn(true);
#endif
        top = new Videtic_shell(context);
#if VM_TRACE
        tracer = new VerilatedVcdC;
        top->trace(tracer, 99);
        tracer->open(wave);
#else
        (void)wave;
#endif
    }
    ~PowerCycle() {
#if VM_TRACE
        tracer->close();
        delete tracer;
#endif
        delete top;
        delete context;
    }

    void run() {
        power_up();
        loop();
        if (spec.log && stall_from >= 0) std::fprintf(out, "s %lld %lld\n", stall_from, clock - 1);
        std::fprintf(out, "end %s %lld %lld %lld %d %lld %lld %d\n", status, clock, stalls, n, resumed ? 1 : 0, advances,
                     commits, error ? 1 : 0);
    }

private:
    const Stimulus& stimulus;
    const Environment& environment;
    Spec& spec;
    FILE* out;
    Rng rng;
    VerilatedContext* context;
    Videtic_shell* top;
#if VM_TRACE
    VerilatedVcdC* tracer;
#endif
    const char* status = "reached";
    long long clock = 0, n = 0, stalls = 0, advances = 0, commits = 0, stall_from = -1;
    bool resumed = false, captured = false, error = false;
    // The request that is waiting.
    bool waiting = false, waiting_write = false, answered = false;
    uint64_t waiting_addr = 0, waiting_data = 0;
    unsigned wait_left = 0;

    void settle(unsigned ps) {
        top->eval();
        now_ps += ps;
#if VM_TRACE
        tracer->dump(now_ps);
#endif
        context->timeInc(ps);
    }

    void fail(const char* kind) {
        status = "failed";
        std::fprintf(out, "x %s %lld %lld ", kind, clock, n);
        for (unsigned i = OUT_WORDS; i-- > 0;)
            for (unsigned bit = 32; bit-- > 0;) std::fputc('0' + ((top->idetic_out[i] >> bit) & 1), out);
        std::fputc('\n', out);
    }

    void disturb() {
        for (unsigned i = 0; i < IN_WORDS; ++i) top->idetic_in[i] = static_cast<uint32_t>(rng.next());
    }

    // Gives the memories their contents.
    void power_up_kept() {
#if IDETIC_KEPT
        Verilated::threadContextp(context);
        svSetScope(svGetScopeFromName("TOP.idetic_shell"));
        size_t at = 0;
        for (int memory = 0; memory < static_cast<int>(memories.size()); ++memory)
            for (int row = 0; row < memories[memory].rows; ++row)
                for (int word = 0; word < memories[memory].words(); ++word)
                    idetic_kept_set(memory, row, word, static_cast<int>(spec.kept[at++]));
#endif
    }

    // Reports what the edge has changed; `kept` is what was last seen.
    void watch_kept() {
#if IDETIC_KEPT
        size_t at = 0;
        for (int memory = 0; memory < static_cast<int>(memories.size()); ++memory) {
            const int words = memories[memory].words();
            for (int row = 0; row < memories[memory].rows; ++row, at += words) {
                bool changed = false;
                for (int word = 0; word < words; ++word) {
                    const uint32_t now = static_cast<uint32_t>(idetic_kept_get(memory, row, word));
                    changed |= now != spec.kept[at + word];
                    spec.kept[at + word] = now;
                }
                if (!changed) continue;
                std::fprintf(out, "k %lld %d %d ", clock, memory, row);
                for (int bit = memories[memory].width; bit-- > 0;)
                    std::fputc('0' + ((spec.kept[at + bit / 32] >> (bit % 32)) & 1), out);
                std::fputc('\n', out);
            }
        }
#endif
    }

    void power_up() {
        n = spec.position < 0 ? 0 : spec.position;
        top->idetic_clock = !ACTIVE;
        top->idetic_por_n = 1;
        top->idetic_energy = 0;
        top->idetic_nvm_ready = 0;
        top->idetic_nvm_rdata = rng.next() & NVM_MASK;
        if (environment.garbage) disturb(); else present(top, stimulus, n, rng);
        release_resets(top, stimulus);
        settle(100);
        power_up_kept();
        top->idetic_por_n = 0;
        settle(500);
        // At least one edge: a reset that is derived from por_n may be active in the random state already, and Verilator, which
        // looks for edges, would not let it act before the clock does.
        for (unsigned edges = 1 + rng.next() % 3; edges > 0; --edges) {
            top->idetic_clock = ACTIVE;
            settle(500);
            top->idetic_clock = !ACTIVE;
            settle(500);
        }
        present(top, stimulus, n, rng);
        settle(200);
        top->idetic_por_n = 1;
        settle(200);
    }

    void loop() {
        while (true) {
            if (stall_from >= 0 && clock - stall_from >= spec.limit) return fail("no_progress");
            present(top, stimulus, n, rng);
            if (spec.saves >= 0 && commits >= spec.saves) top->idetic_energy = 255;
            else if (environment.energy_random) {
                // Often so low that nothing is skipped.
                const auto level = rng.next() & 0x1ff;
                top->idetic_energy = level > 0xff ? 0 : level;
            }
            top->idetic_nvm_ready = environment.latency == 0;
            top->idetic_nvm_rdata = rng.next() & NVM_MASK;
            settle(100);
            answered = false;
            if (!serve_nvm()) return;
            if (answered) settle(100);
            const bool stall = top->idetic_stall, valid = top->idetic_nvm_valid, write = top->idetic_nvm_write;
            const bool ready = top->idetic_nvm_ready;
            const uint64_t addr = top->idetic_nvm_addr, data = top->idetic_nvm_wdata;
            if (top->idetic_error) error = true;
            if (spec.stop == clock) {
                if (spec.log && !stall) std::fprintf(out, "g\n");
                // It would have completed at the edge that does not come.
                if (spec.log && valid && write && !waiting && wait_left == 0)
                    std::fprintf(out, "p %lld %llu %llx\n", clock, (unsigned long long)addr, (unsigned long long)data);
                status = "stopped";
                return;
            }
            if (top->idetic_capture) {
                captured = true;
                if (spec.log) std::fprintf(out, "c %lld %lld\n", clock, n);
            }
            if (top->idetic_commit) {
                if (!captured) return fail("commit_without_capture");
                ++commits;
                if (spec.log) std::fprintf(out, "m %lld\n", clock);
            }
            if (top->idetic_resume) {
                if (spec.position < 0) return fail("unexpected_resume");
                if (advances || resumed) return fail("late_resume");
                resumed = true;
                if (spec.log) std::fprintf(out, "r %lld\n", clock);
            }
            if (stall) {
                ++stalls;
                if (stall_from < 0) stall_from = clock;
            } else {
                if (spec.log && stall_from >= 0) std::fprintf(out, "s %lld %lld\n", stall_from, clock - 1);
                stall_from = -1;
                if (spec.position >= 0 && !resumed) return fail("missing_resume");
                const uint32_t *want = stimulus.outputs(n), *known = stimulus.outputs_known(n);
                for (unsigned i = 0; i < OUT_WORDS; ++i)
                    if ((top->idetic_out[i] ^ want[i]) & known[i]) return fail("output");
            }
            const bool disturbed = stall && environment.garbage && (rng.next() & 3) == 0;
            if (disturbed) {
                disturb();
                for (unsigned i = 0; i < IN_WORDS; ++i) {
                    const uint32_t stable = stimulus.stable()[i];
                    top->idetic_in[i] = (top->idetic_in[i] & ~stable) | (stimulus.inputs(n)[i] & stable);
                }
                settle(50);
                bool released = false;
                for (unsigned i = 0; i < IN_WORDS; ++i) {
                    const uint32_t reset = stimulus.resets()[i];
                    if (!reset) continue;
                    top->idetic_in[i] = (top->idetic_in[i] & ~reset) | (stimulus.inputs(n)[i] & reset);
                    released = true;
                }
                if (released) settle(50);
                if (!top->idetic_stall) return fail("stall_depends_on_inputs");
            }
            top->idetic_clock = ACTIVE;
            settle(100);
            if (spec.log) watch_kept();
            // The inputs change back together with the falling clock, at the start of the next round.
            top->idetic_clock = !ACTIVE;
#if VM_TRACE
            settle(400);
#endif
            waiting = valid && !ready;
            if (waiting) {
                waiting_write = write;
                waiting_addr = addr;
                waiting_data = data;
            } else if (valid && write) {
                spec.nvm[addr] = data;
                if (spec.log) std::fprintf(out, "w %lld %llu %llx\n", clock, (unsigned long long)addr, (unsigned long long)data);
            } else if (valid && spec.log) {
                std::fprintf(out, "q %lld\n", clock);
            }
            ++clock;
            if (!stall) {
                ++n;
                ++advances;
                if (n >= spec.end) return;
            }
        }
    }

    // Answers the request of this clock; false after a violation.
    bool serve_nvm() {
        const bool valid = top->idetic_nvm_valid, write = top->idetic_nvm_write;
        const uint64_t addr = top->idetic_nvm_addr, data = top->idetic_nvm_wdata;
        if (waiting) {
            const bool same = valid && write == waiting_write && addr == waiting_addr && (!write || data == waiting_data);
            if (!same) {
                fail("request_changed");
                return false;
            }
            if (wait_left > 0) --wait_left;
        } else if (valid) {
            if (addr >= NVM_WORDS) {
                fail("address_out_of_range");
                return false;
            }
            if (write && !captured) {
                fail("write_outside_save");
                return false;
            }
            wait_left = environment.latency_random ? rng.next() % (environment.latency + 1) : environment.latency;
            // A write that completes at once is reported by its completion alone.
            if (write && spec.log && wait_left > 0)
                std::fprintf(out, "p %lld %llu %llx\n", clock, (unsigned long long)addr, (unsigned long long)data);
        }
        if (valid && wait_left == 0) {
            answered = !write || !top->idetic_nvm_ready;
            top->idetic_nvm_ready = 1;
            if (!write) top->idetic_nvm_rdata = spec.nvm[addr];
        }
        return true;
    }
};

int main(int argc, char** argv) {
    if (argc < 5) return 2;
    Stimulus stimulus;
    if (!stimulus.load(argv[1])) return 3;
    FILE* in = std::fopen(argv[2], "r");
    FILE* out = std::fopen(argv[3], "w");
    if (!in || !out) return 3;
    Environment environment;
    if (std::fscanf(in, "%u %u %u %u", &environment.latency, &environment.latency_random, &environment.garbage,
                    &environment.energy_random) != 4)
        return 3;
    int count;
    if (std::fscanf(in, "%d", &count) != 1) return 3;
    size_t kept_words = 0;
    for (int i = 0; i < count; ++i) {
        Memory memory;
        if (std::fscanf(in, "%d %d", &memory.rows, &memory.width) != 2) return 3;
        kept_words += static_cast<size_t>(memory.rows) * memory.words();
        memories.push_back(memory);
    }
    Spec spec;
    while (std::fscanf(in, "%lld %lld %lld %lld %lld %llu %d", &spec.position, &spec.end, &spec.stop, &spec.saves, &spec.limit, &spec.seed,
                       &spec.log) == 7) {
        spec.nvm.assign(NVM_WORDS, 0);
        for (uint64_t& word : spec.nvm) {
            unsigned long long value;
            if (std::fscanf(in, "%llx", &value) != 1) return 3;
            word = value;
        }
        spec.kept.assign(kept_words, 0);
        for (uint32_t& word : spec.kept) {
            unsigned value;
            if (std::fscanf(in, "%x", &value) != 1) return 3;
            word = value;
        }
        PowerCycle cycle(stimulus, environment, spec, out, argc, argv, argv[4]);
        cycle.run();
    }
    return std::fclose(out) == 0 ? 0 : 3;
}
