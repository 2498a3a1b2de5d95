// What a C++ programmer would write with simdjson (on-demand) to get at the events of a trace: reads the file, takes
// the fields that an attribution needs from every event, interns the names and keeps a record of each event. It
// resolves and reports nothing; it prints the number of events and of nanoseconds on the GPU, so that no work is lost.
#include <fcntl.h>
#include <simdjson.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

using namespace simdjson;

class Interner {
public:
    uint32_t intern(std::string_view text) {
        const auto found = ids_.find(text);
        if (found != ids_.end())
            return found->second;
        const auto id = static_cast<uint32_t>(texts_.size());
        texts_.emplace_back(text);
        ids_.emplace(texts_.back(), id);
        return id;
    }

private:
    std::deque<std::string> texts_; // views into its strings stay valid when it grows
    std::unordered_map<std::string_view, uint32_t> ids_;
};

struct Record {
    int64_t ts_ns, dur_ns;
    int64_t correlation, external_id;
    uint32_t name, category, pid, tid;
    int32_t device, stream;
    char ph;
};

struct Trace {
    Interner names, categories, ids;
    std::vector<Record> records;
};

static int64_t nanoseconds(double microseconds) { return std::llround(microseconds * 1000); }

static void read_arguments(ondemand::object arguments, Record &record) {
    for (auto field : arguments) {
        const ondemand::raw_json_string key = field.key();
        ondemand::value value = field.value();
        int64_t number;
        if (key == "correlation") {
            if (value.get_int64().get(number) == SUCCESS)
                record.correlation = number;
        } else if (key == "External id") {
            if (value.get_int64().get(number) == SUCCESS)
                record.external_id = number;
        } else if (key == "device") {
            if (value.get_int64().get(number) == SUCCESS)
                record.device = static_cast<int32_t>(number);
        } else if (key == "stream") {
            if (value.get_int64().get(number) == SUCCESS)
                record.stream = static_cast<int32_t>(number);
        }
    }
}

static void read_event(ondemand::object event, Trace &trace) {
    Record record{};
    for (auto field : event) {
        const ondemand::raw_json_string key = field.key();
        ondemand::value value = field.value();
        if (key == "ph") {
            if (std::string_view ph; value.get_string().get(ph) == SUCCESS && !ph.empty())
                record.ph = ph[0];
        } else if (key == "cat") {
            if (std::string_view category; value.get_string().get(category) == SUCCESS)
                record.category = trace.categories.intern(category);
        } else if (key == "name") {
            if (std::string_view name; value.get_string().get(name) == SUCCESS)
                record.name = trace.names.intern(name);
        } else if (key == "pid") // a number or a string
            record.pid = trace.ids.intern(value.raw_json_token());
        else if (key == "tid")
            record.tid = trace.ids.intern(value.raw_json_token());
        else if (key == "ts") {
            if (double ts; value.get_double().get(ts) == SUCCESS)
                record.ts_ns = nanoseconds(ts);
        } else if (key == "dur") {
            if (double dur; value.get_double().get(dur) == SUCCESS)
                record.dur_ns = nanoseconds(dur);
        } else if (key == "args") {
            if (ondemand::object arguments; value.get_object().get(arguments) == SUCCESS)
                read_arguments(arguments, record);
        }
    }
    trace.records.push_back(record);
}

// Maps the file where padding follows it; measured, that is faster than padded_string::load.
static padded_string_view map_file(const char *path) {
    struct stat status;
    const int descriptor = open(path, O_RDONLY);
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        throw simdjson_error(IO_ERROR);
    const auto size = static_cast<size_t>(status.st_size);
    void *space = mmap(nullptr, size + SIMDJSON_PADDING, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (space == MAP_FAILED ||
        mmap(space, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, descriptor, 0) == MAP_FAILED)
        throw simdjson_error(MEMALLOC);
    return padded_string_view(static_cast<const char *>(space), size, size + SIMDJSON_PADDING);
}

static void read_trace(const char *path, Trace &trace) {
    const padded_string_view text = map_file(path);
    ondemand::parser parser;
    ondemand::document document = parser.iterate(text);
    for (ondemand::object event : document["traceEvents"].get_array())
        read_event(event, trace);
}

int main(int count, char **arguments) {
    if (count != 2)
        return 2;
    Trace trace;
    try {
        read_trace(arguments[1], trace);
    } catch (const simdjson_error &error) {
        std::fprintf(stderr, "peer_simdjson: %s\n", error.what());
        return 1;
    }
    const uint32_t kernel = trace.categories.intern("kernel");
    int64_t total_ns = 0;
    for (const Record &record : trace.records)
        total_ns += record.category == kernel ? record.dur_ns : 0;
    std::printf("%zu events, %lld ns in kernels (simdjson %d.%d.%d, %s)\n", trace.records.size(),
                static_cast<long long>(total_ns), SIMDJSON_VERSION_MAJOR, SIMDJSON_VERSION_MINOR,
                SIMDJSON_VERSION_REVISION, get_active_implementation()->name().c_str());
    return 0;
}
