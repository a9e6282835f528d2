// A processor that stands in for a GPU, so that tests run neurons.cu and every line that compiles and launches it: CUDA's words, its driver,
// NVRTC and libtorch's stream, as far as SpikeTrail calls them. What it is called with must be right, or it refuses.
//
// Device 0 works; the compiler does not know device 1's architecture; device 2 does nothing when it is told to; there is no other.

#include <math.h>
#include <stdio.h>
#include <string.h>

#define __global__
#define __device__

struct Index { unsigned x, y, z; };
static Index threadIdx, blockIdx, blockDim;

template <typename To, typename From> static To bits_of(From from)
{
    static_assert(sizeof(To) == sizeof(From), "the same bits");
    To to;
    memcpy(&to, &from, sizeof to);
    return to;
}

static float __uint_as_float(unsigned bits) { return bits_of<float>(bits); }
static unsigned __float_as_uint(float value) { return bits_of<unsigned>(value); }

// Half precision in whole numbers, for compilers that do not have it.
static float half_to_float(unsigned short bits)
{
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    const float size = exponent == 31 ? (fraction ? NAN : INFINITY) : exponent ? ldexpf(1024 + fraction, exponent - 25) : ldexpf(fraction, -24);
    return bits >> 15 ? -size : size;
}

static unsigned short float_to_half(float value)
{
    const unsigned short sign = __float_as_uint(value) >> 31 << 15;
    const float size = fabsf(value);
    if (size != size)
    {
        return sign | 0x7e00;
    }

    if (size >= 65520) // from here on infinity is nearest
    {
        return sign | 0x7c00;
    }

    int exponent;
    frexpf(size, &exponent);
    const int unit = exponent < -13 || size == 0 ? -24 : exponent - 11; // of the last place
    const int places = (int)nearbyintf(ldexpf(size, -unit));
    return sign | (unsigned short)(((unit + 24) << 10) + places);
}

#include "neurons.cu"

// The driver.

typedef void (*Kernel)(void** arguments);

template <typename Arguments, void (*kernel)(Arguments)> static void call(void** arguments) { kernel(*(const Arguments*)arguments[0]); }

#define KERNELS(type) \
    { "forward_" #type, call<ForwardArguments, forward_##type> }, { "backward_" #type, call<BackwardArguments, backward_##type> }

static const struct { const char* name; Kernel kernel; } kernels[] = { KERNELS(float32), KERNELS(float64), KERNELS(float16), KERNELS(bfloat16) };

static const int invalid_value = 1, invalid_device = 101, invalid_image = 200, invalid_context = 201, not_found = 500;
static int module, streams[3], contexts[3];
static void* current;

extern "C" int cuInit(unsigned flags) { return flags == 0 ? 0 : invalid_value; }

extern "C" int cuDeviceGet(int* device, int number)
{
    *device = 100 + number;
    return number >= 0 && number < 3 ? 0 : invalid_device;
}

extern "C" int cuDeviceGetAttribute(int* value, int attribute, int device)
{
    *value = attribute == 75 ? 9 - (device - 100) % 2 * 9 : 0;
    return attribute == 75 || attribute == 76 ? 0 : invalid_value;
}

extern "C" int cuDevicePrimaryCtxRetain(void** context, int device)
{
    *context = &contexts[device - 100];
    return 0;
}

extern "C" int cuCtxPushCurrent_v2(void* context)
{
    if (current)
    {
        return invalid_context; // nothing here nests
    }

    current = context;
    return 0;
}

extern "C" int cuCtxPopCurrent_v2(void** context)
{
    *context = current;
    current = nullptr;
    return *context ? 0 : invalid_context;
}

extern "C" int cuModuleLoadData(void** loaded, const char* image)
{
    *loaded = &module;
    return !current ? invalid_context : strcmp(image, "code for sm_90") ? invalid_image : 0;
}

extern "C" int cuModuleGetFunction(void** function, void* of, const char* name)
{
    for (const auto& entry : kernels)
    {
        if (of == &module && strcmp(entry.name, name) == 0)
        {
            *function = (void*)entry.kernel;
            return 0;
        }
    }

    return not_found;
}

extern "C" int cuLaunchKernel(
    void* function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z,
    unsigned shared, void* stream, void** arguments, void** extra)
{
    const int device = (int)((int*)current - contexts);
    if (!current || stream != &streams[device] || grid_y != 1 || grid_z != 1 || block_y != 1 || block_z != 1 || block_x > 1024 || shared || extra)
    {
        return invalid_value;
    }

    blockDim.x = block_x;
    for (blockIdx.x = 0; device != 2 && blockIdx.x < grid_x; blockIdx.x++)
    {
        for (threadIdx.x = 0; threadIdx.x < block_x; threadIdx.x++)
        {
            ((Kernel)function)(arguments);
        }
    }

    return 0;
}

extern "C" int cuGetErrorString(int error, const char** text)
{
    *text = "a driver's words";
    return error ? 0 : invalid_value;
}

// libtorch's stream.

extern "C" int aoti_torch_get_current_cuda_stream(int device, void** stream)
{
    *stream = &streams[device];
    return 0;
}

// NVRTC.

static char code[32], words[200];

extern "C" int nvrtcCreateProgram(void** program, const char* source, const char* name, int headers, const char** texts, const char** names)
{
    *program = code;
    return strstr(source, "NEURONS(float, float32)") && strcmp(name, "neurons.cu") == 0 && !headers && !texts && !names ? 0 : invalid_value;
}

extern "C" int nvrtcCompileProgram(void* program, int count, const char** options)
{
    if (program != code || count != 2 || strncmp(options[0], "--gpu-architecture=", 19) || strcmp(options[1], "--fmad=false"))
    {
        return invalid_value;
    }

    snprintf(code, sizeof code, "code for %s", options[0] + 19);
    snprintf(words, sizeof words, "nvrtc: error:\n invalid value for --gpu-architecture\n");
    return strcmp(options[0] + 19, "sm_00") ? 0 : 5;
}

extern "C" int nvrtcGetProgramLogSize(void*, size_t* size) { *size = strlen(words) + 1; return 0; }
extern "C" int nvrtcGetProgramLog(void*, char* log) { strcpy(log, words); return 0; }
extern "C" int nvrtcGetCUBINSize(void*, size_t* size) { *size = strlen(code) + 1; return 0; }
extern "C" int nvrtcGetCUBIN(void*, char* cubin) { strcpy(cubin, code); return 0; }
extern "C" int nvrtcDestroyProgram(void** program) { *program = nullptr; return 0; }
